package dev.tiphys.store.grpc;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Handles calls by writing down what happens to them; the test answers. */
final class Recorder implements ServerCallHandler<byte[], byte[]> {
  static final String SERVICE = "test.Service";

  static final Marshaller<byte[]> BYTES =
      new Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
          return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
          try {
            return stream.readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  private final List<Seen> calls = new CopyOnWriteArrayList<>();

  /** A method of each type is named after it. */
  static MethodDescriptor<byte[], byte[]> method(MethodType type) {
    return MethodDescriptor.<byte[], byte[]>newBuilder(BYTES, BYTES)
        .setType(type)
        .setFullMethodName(SERVICE + "/" + type.name())
        .build();
  }

  /** Methods of all types. */
  ServerServiceDefinition service() {
    var service = ServerServiceDefinition.builder(SERVICE);
    for (var type : MethodType.values()) {
      if (type != MethodType.UNKNOWN) {
        service.addMethod(method(type), this);
      }
    }
    return service.build();
  }

  /** The only call. */
  Seen call() {
    if (calls.size() != 1) {
      throw new AssertionError(calls.size() + " calls");
    }
    return calls.getFirst();
  }

  List<Seen> calls() {
    return calls;
  }

  @Override
  public ServerCall.Listener<byte[]> startCall(ServerCall<byte[], byte[]> call, Metadata headers) {
    var seen = new Seen(call, headers, Context.current());
    calls.add(seen);
    return seen;
  }

  /** A call and what happened to it. */
  static final class Seen extends ServerCall.Listener<byte[]> {
    private final ServerCall<byte[], byte[]> call;
    private final Metadata headers;
    private final Context context;
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final List<byte[]> messages = new CopyOnWriteArrayList<>();

    Seen(ServerCall<byte[], byte[]> call, Metadata headers, Context context) {
      this.call = call;
      this.headers = headers;
      this.context = context;
    }

    ServerCall<byte[], byte[]> call() {
      return call;
    }

    Metadata headers() {
      return headers;
    }

    Context context() {
      return context;
    }

    /** "message", "half-close", "ready", "cancel", "complete", in order. */
    List<String> events() {
      return events;
    }

    List<byte[]> messages() {
      return messages;
    }

    /** Answers with messages of so many zeros. */
    void send(int... lengths) {
      for (int length : lengths) {
        call.sendMessage(new byte[length]);
      }
    }

    /** Answers with a message of so many zeros, and that it went well. */
    void answer(int length) {
      call.sendHeaders(new Metadata());
      send(length);
      call.close(Status.OK, new Metadata());
    }

    @Override
    public void onMessage(byte[] message) {
      messages.add(message);
      events.add("message");
    }

    @Override
    public void onHalfClose() {
      events.add("half-close");
    }

    @Override
    public void onCancel() {
      events.add("cancel");
    }

    @Override
    public void onComplete() {
      events.add("complete");
    }

    @Override
    public void onReady() {
      events.add("ready");
    }
  }
}

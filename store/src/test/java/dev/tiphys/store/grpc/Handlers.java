package dev.tiphys.store.grpc;

import static io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING;
import static io.grpc.MethodDescriptor.MethodType.CLIENT_STREAMING;
import static io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING;
import static io.grpc.MethodDescriptor.MethodType.UNARY;

import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCallHandler;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Simple things to call. */
final class Handlers {
  private Handlers() {}

  /** An echo, a count up to the number given, a sum, and an echo of each. */
  static Map<MethodType, ServerCallHandler<byte[], byte[]>> all() {
    return Map.of(
        UNARY,
        unary(got -> got),
        SERVER_STREAMING,
        ServerCalls.asyncServerStreamingCall((byte[] request, StreamObserver<byte[]> answer) -> {
          for (int i = 0; i < number(request); i++) {
            answer.onNext(number(i));
          }
          answer.onCompleted();
        }),
        CLIENT_STREAMING,
        ServerCalls.asyncClientStreamingCall(Sum::new),
        BIDI_STREAMING,
        ServerCalls.asyncBidiStreamingCall(Echo::new));
  }

  static ServerCallHandler<byte[], byte[]> unary(UnaryOperator<byte[]> function) {
    return ServerCalls.asyncUnaryCall((byte[] request, StreamObserver<byte[]> answer) -> {
      answer.onNext(function.apply(request));
      answer.onCompleted();
    });
  }

  static byte[] number(int number) {
    return ByteBuffer.allocate(4).putInt(number).array();
  }

  static int number(byte[] bytes) {
    return ByteBuffer.wrap(bytes).getInt();
  }

  private static class Echo implements StreamObserver<byte[]> {
    final StreamObserver<byte[]> answer;

    Echo(StreamObserver<byte[]> answer) {
      this.answer = answer;
    }

    @Override
    public void onNext(byte[] message) {
      answer.onNext(message);
    }

    @Override
    public void onError(Throwable cancelled) {
      // nobody waits for an answer
    }

    @Override
    public void onCompleted() {
      answer.onCompleted();
    }
  }

  private static final class Sum extends Echo {
    private int sum;

    Sum(StreamObserver<byte[]> answer) {
      super(answer);
    }

    @Override
    public void onNext(byte[] message) {
      sum += number(message);
    }

    @Override
    public void onCompleted() {
      answer.onNext(number(sum));
      answer.onCompleted();
    }
  }
}

package dev.tiphys.store.bench;

import com.google.protobuf.ByteString;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RangeRequest;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.Executors;

/**
 * Ranges of one key and of many. Hardly two calls ask for the same range, so that no store answers
 * from what it has sent before. The client shares the machine with what it measures, so it counts
 * the bytes of an answer and does not decode them, whoever answers.
 */
final class RangeBench {
  /** Keys in a long range. */
  static final int MANY = 1000;

  private static final int KEYS = 16 * MANY;
  private static final int WRITERS = 64;

  /** As Range, but its answer is only its length. */
  private static final MethodDescriptor<RangeRequest, Integer> LENGTH_OF_RANGE =
      KVGrpc.getRangeMethod().toBuilder(
              KVGrpc.getRangeMethod().getRequestMarshaller(), new Length())
          .build();

  private final Endpoints connections;
  private final String prefix;
  private final int valueBytes;

  RangeBench(Endpoints connections, String prefix, int valueBytes) {
    this.connections = connections;
    this.prefix = prefix;
    this.valueBytes = valueBytes;
  }

  /** Puts what is read. */
  void fill() {
    var value = ByteString.copyFrom(new byte[valueBytes]);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int w = 0; w < WRITERS; w++) {
        int writer = w;
        threads.execute(() -> {
          var kv = KVGrpc.newBlockingStub(connections.channel(writer));
          for (int i = writer; i < KEYS; i += WRITERS) {
            kv.put(PutRequest.newBuilder().setKey(key(i)).setValue(value).build());
          }
        });
      }
    }
  }

  /** Reads a key. */
  void one(KVGrpc.KVBlockingStub kv, int client, int number) {
    read(kv, RangeRequest.newBuilder().setKey(key((client * 7919 + number) % KEYS)), 1);
  }

  /** Reads many. */
  void many(KVGrpc.KVBlockingStub kv, int client, int number) {
    int first = (client * 7919 + number * 613) % (KEYS - MANY);
    read(kv, RangeRequest.newBuilder().setKey(key(first)).setRangeEnd(key(first + MANY)), MANY);
  }

  private void read(KVGrpc.KVBlockingStub kv, RangeRequest.Builder request, int keys) {
    int bytes =
        ClientCalls.blockingUnaryCall(
            kv.getChannel(), LENGTH_OF_RANGE, kv.getCallOptions(), request.build());
    if (bytes < keys * valueBytes) {
      throw Status.DATA_LOSS
          .withDescription("an answer of less than " + keys + " values")
          .asRuntimeException();
    }
  }

  private ByteString key(int number) {
    return ByteString.copyFromUtf8(prefix + (100_000 + number));
  }

  /** Measures messages; of one that is to be sent nothing is known but its length. */
  private static final class Length implements MethodDescriptor.Marshaller<Integer> {
    @Override
    public InputStream stream(Integer value) {
      return new ByteArrayInputStream(new byte[value]);
    }

    @Override
    public Integer parse(InputStream stream) {
      try {
        return stream.available();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}

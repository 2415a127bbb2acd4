package dev.tiphys.store.chaos;

import com.google.protobuf.ByteString;
import dev.tiphys.store.rpc.Compare;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.rpc.RangeResponse;
import dev.tiphys.store.rpc.RequestOp;
import dev.tiphys.store.rpc.TxnRequest;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Clients that read and write a few keys at whatever member, and note what they see. */
final class Clients {
  static final String PREFIX = "chaos/";

  /** The first key that does not begin with it. */
  static final String AFTER_PREFIX = "chaos0";

  /** So many clients share a key, and leave it after so many operations: histories stay short. */
  private static final int KEYS = 3;

  private static final int PER_KEY = 120;
  private static final long DEADLINE_MILLIS = 3000;

  private final Cluster cluster;
  private final AtomicLong nextValue = new AtomicLong(1);
  private final AtomicLong started = new AtomicLong();
  private final AtomicLong answered = new AtomicLong();
  private final Map<String, List<Operation>> histories = new ConcurrentHashMap<>();
  private final Map<String, Long> lastSeen = new ConcurrentHashMap<>();
  private volatile boolean stopped;

  Clients(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Works until {@link #stop}. */
  void run(Random random) throws InterruptedException {
    while (!stopped) {
      long number = started.getAndIncrement();
      var key = PREFIX + number / (KEYS * PER_KEY) + "/" + number % KEYS;
      var kv =
          KVGrpc.newBlockingStub(cluster.channel(random.nextInt(Cluster.SIZE)))
              .withDeadlineAfter(DEADLINE_MILLIS, TimeUnit.MILLISECONDS);
      long invoked = System.nanoTime();
      int what = random.nextInt(10);
      try {
        Operation operation;
        if (what < 5) {
          operation = read(kv, key, invoked);
        } else if (what < 8) {
          operation = write(kv, key, invoked);
        } else {
          operation = compareAndSet(kv, key, invoked);
        }
        note(key, operation);
        answered.incrementAndGet();
      } catch (StatusRuntimeException e) {
        TimeUnit.MILLISECONDS.sleep(20); // noted already if it may have happened
      }
    }
  }

  void stop() {
    stopped = true;
  }

  long answered() {
    return answered.get();
  }

  /** What was seen of each key. */
  Map<String, List<Operation>> histories() {
    return histories;
  }

  private Operation read(KVGrpc.KVBlockingStub kv, String key, long invoked) {
    return read(kv.range(RangeRequest.newBuilder().setKey(bytes(key)).build()), key, invoked);
  }

  private Operation read(RangeResponse response, String key, long invoked) {
    long value =
        response.getKvsCount() == 0
            ? 0
            : Long.parseLong(response.getKvs(0).getValue().toStringUtf8());
    lastSeen.put(key, value);
    return new Operation(Operation.Kind.READ, 0, value, invoked, System.nanoTime());
  }

  private Operation write(KVGrpc.KVBlockingStub kv, String key, long invoked) {
    long value = nextValue.getAndIncrement();
    var unanswered = new Operation(Operation.Kind.WRITE, 0, value, invoked, Operation.NEVER);
    try {
      kv.put(put(key, value));
    } catch (StatusRuntimeException e) {
      note(key, unanswered);
      throw e;
    }
    return new Operation(Operation.Kind.WRITE, 0, value, invoked, System.nanoTime());
  }

  private Operation compareAndSet(KVGrpc.KVBlockingStub kv, String key, long invoked) {
    long value = nextValue.getAndIncrement();
    long expected = lastSeen.getOrDefault(key, 0L);
    var compare = Compare.newBuilder().setKey(bytes(key)).setResult(Compare.CompareResult.EQUAL);
    if (expected == 0) {
      compare.setTarget(Compare.CompareTarget.VERSION).setVersion(0);
    } else {
      compare.setTarget(Compare.CompareTarget.VALUE).setValue(bytes(String.valueOf(expected)));
    }
    var kind = Operation.Kind.COMPARE_AND_SET;
    try {
      var get = RangeRequest.newBuilder().setKey(bytes(key));
      var response =
          kv.txn(
              TxnRequest.newBuilder()
                  .addCompare(compare)
                  .addSuccess(RequestOp.newBuilder().setRequestPut(put(key, value)))
                  .addFailure(RequestOp.newBuilder().setRequestRange(get))
                  .build());
      if (!response.getSucceeded()) {
        return read(response.getResponses(0).getResponseRange(), key, invoked);
      }
      return new Operation(kind, expected, value, invoked, System.nanoTime());
    } catch (StatusRuntimeException e) {
      note(key, new Operation(kind, expected, value, invoked, Operation.NEVER));
      throw e;
    }
  }

  private void note(String key, Operation operation) {
    var history = histories.computeIfAbsent(key, _ -> new ArrayList<>());
    synchronized (history) {
      history.add(operation);
    }
  }

  private static PutRequest put(String key, long value) {
    return PutRequest.newBuilder()
        .setKey(bytes(key))
        .setValue(bytes(String.valueOf(value)))
        .build();
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }
}

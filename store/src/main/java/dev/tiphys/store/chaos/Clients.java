package dev.tiphys.store.chaos;

import com.google.protobuf.ByteString;
import dev.tiphys.store.rpc.Compare;
import dev.tiphys.store.rpc.DeleteRangeRequest;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.LeaseGrantRequest;
import dev.tiphys.store.rpc.LeaseGrpc;
import dev.tiphys.store.rpc.LeaseRevokeRequest;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.rpc.RangeResponse;
import dev.tiphys.store.rpc.RequestOp;
import dev.tiphys.store.rpc.TxnRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
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

  /** The key that is written when all is done. */
  static final String END = PREFIX + "end";

  private static final long END_SECONDS = 60;

  /** Seconds that no run takes. */
  private static final long LONG = 3600;

  private final Cluster cluster;
  private final AtomicLong nextValue = new AtomicLong(1);
  private final AtomicLong started = new AtomicLong();
  private final AtomicLong answered = new AtomicLong();
  private final Map<String, List<Operation>> histories = new ConcurrentHashMap<>();
  private final Map<String, Long> lastSeen = new ConcurrentHashMap<>();
  private final Queue<String> faults = new ConcurrentLinkedQueue<>();
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
      int what = random.nextInt(12);
      try {
        Operation operation;
        if (what < 5) {
          operation = read(kv, key, invoked);
        } else if (what < 8) {
          operation = write(kv, key, invoked);
        } else if (what < 10) {
          operation = compareAndSet(kv, key, invoked);
        } else if (what < 11) {
          operation = delete(kv, key, invoked);
        } else {
          operation = endLease(random, kv, key, invoked);
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

  /** What no client may be told, and one was. */
  Collection<String> faults() {
    return List.copyOf(faults);
  }

  /**
   * Writes something that no history has, and returns its revision: all that clients did is before.
   */
  long end() throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(END_SECONDS);
    for (int tries = 0; ; tries++) {
      try {
        return KVGrpc.newBlockingStub(cluster.channel(tries % Cluster.SIZE))
            .withDeadlineAfter(DEADLINE_MILLIS, TimeUnit.MILLISECONDS)
            .put(put(END, 0))
            .getHeader()
            .getRevision();
      } catch (StatusRuntimeException e) {
        if (System.nanoTime() - deadline > 0) {
          throw e;
        }
        TimeUnit.MILLISECONDS.sleep(20);
      }
    }
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

  private Operation delete(KVGrpc.KVBlockingStub kv, String key, long invoked) {
    var kind = Operation.Kind.DELETE;
    try {
      var request = DeleteRangeRequest.newBuilder().setKey(bytes(key)).build();
      return kv.deleteRange(request).getDeleted() == 0
          ? new Operation(Operation.Kind.READ, 0, 0, invoked, System.nanoTime())
          : new Operation(kind, 1, 0, invoked, System.nanoTime());
    } catch (StatusRuntimeException e) {
      note(key, new Operation(kind, 0, 0, invoked, Operation.NEVER));
      throw e;
    }
  }

  /** Writes under a lease that is long enough, and ends the lease, at whatever members. */
  private Operation endLease(Random random, KVGrpc.KVBlockingStub kv, String key, long invoked) {
    long lease =
        leases(random).leaseGrant(LeaseGrantRequest.newBuilder().setTTL(LONG).build()).getID();
    long value = nextValue.getAndIncrement();
    var write = Operation.Kind.WRITE;
    try {
      kv.put(put(key, value).toBuilder().setLease(lease).build());
    } catch (StatusRuntimeException e) {
      note(key, new Operation(write, 0, value, invoked, Operation.NEVER));
      throw mustExist(lease, e);
    }
    note(key, new Operation(write, 0, value, invoked, System.nanoTime()));
    long again = System.nanoTime();
    var kind = Operation.Kind.END_LEASE;
    try {
      leases(random).leaseRevoke(LeaseRevokeRequest.newBuilder().setID(lease).build());
    } catch (StatusRuntimeException e) {
      note(key, new Operation(kind, value, 0, again, Operation.NEVER));
      throw mustExist(lease, e);
    }
    return new Operation(kind, value, 0, again, System.nanoTime());
  }

  private LeaseGrpc.LeaseBlockingStub leases(Random random) {
    return LeaseGrpc.newBlockingStub(cluster.channel(random.nextInt(Cluster.SIZE)))
        .withDeadlineAfter(DEADLINE_MILLIS, TimeUnit.MILLISECONDS);
  }

  private StatusRuntimeException mustExist(long lease, StatusRuntimeException refusal) {
    if (refusal.getStatus().getCode() == Status.Code.NOT_FOUND) {
      faults.add("a lease was granted for an hour and is gone: " + Long.toHexString(lease));
    }
    return refusal;
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

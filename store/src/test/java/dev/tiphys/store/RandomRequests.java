package dev.tiphys.store;

import static com.google.protobuf.ByteString.copyFromUtf8;

import com.google.protobuf.ByteString;
import dev.tiphys.store.rpc.CompactionRequest;
import dev.tiphys.store.rpc.Compare;
import dev.tiphys.store.rpc.DeleteRangeRequest;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.LeaseGrantRequest;
import dev.tiphys.store.rpc.LeaseGrpc;
import dev.tiphys.store.rpc.LeaseLeasesRequest;
import dev.tiphys.store.rpc.LeaseRevokeRequest;
import dev.tiphys.store.rpc.LeaseTimeToLiveRequest;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.rpc.RequestOp;
import dev.tiphys.store.rpc.TxnRequest;
import dev.tiphys.store.rpc.WatchCreateRequest;
import java.util.Random;

/**
 * Requests as no sane client would send them, but some client will: few keys, many options, odd
 * revisions. The same seed gives the same requests.
 */
final class RandomRequests {
  private static final int KEYS = 8;
  private static final int LEASES = 3;

  private final Random random;

  RandomRequests(long seed) {
    random = new Random(seed);
  }

  /** Any request; {@code revision} is the newest one. */
  Call<?, ?> next(long revision) {
    int dice = random.nextInt(100);
    if (dice < 30) {
      return new Call<>(KVGrpc.getPutMethod(), put().build());
    }
    if (dice < 50) {
      return new Call<>(KVGrpc.getRangeMethod(), range(revision).build());
    }
    if (dice < 60) {
      return new Call<>(KVGrpc.getDeleteRangeMethod(), delete().build());
    }
    if (dice < 85) {
      return new Call<>(KVGrpc.getTxnMethod(), txn(revision, 0).build());
    }
    if (dice < 88) {
      return new Call<>(KVGrpc.getCompactMethod(), compaction(revision));
    }
    return lease();
  }

  /** A watch that sees what happens to the key {@code zzz}. */
  WatchCreateRequest watch(long start) {
    var watch =
        WatchCreateRequest.newBuilder()
            .setKey(key())
            .setRangeEnd(one(5) ? ByteString.copyFrom(new byte[1]) : copyFromUtf8("zzzz"))
            .setPrevKv(random.nextBoolean())
            .setStartRevision(start);
    if (one(3)) {
      watch.addFilters(
          random.nextBoolean()
              ? WatchCreateRequest.FilterType.NOPUT
              : WatchCreateRequest.FilterType.NODELETE);
    }
    return watch.build();
  }

  private PutRequest.Builder put() {
    var put = PutRequest.newBuilder().setPrevKv(one(3));
    if (!one(50)) {
      put.setKey(key());
    }
    if (one(8)) {
      put.setIgnoreValue(true);
    }
    if (!put.getIgnoreValue() || one(10)) {
      put.setValue(value());
    }
    if (one(8)) {
      put.setIgnoreLease(true);
    }
    if ((!put.getIgnoreLease() && one(4)) || one(30)) {
      put.setLease(leaseId());
    }
    return put;
  }

  private RangeRequest.Builder range(long revision) {
    var range =
        RangeRequest.newBuilder()
            .setRangeEnd(rangeEnd())
            .setSerializable(one(4))
            .setKeysOnly(one(4))
            .setCountOnly(one(6));
    if (!one(50)) {
      range.setKey(key());
    }
    if (one(3)) {
      range.setLimit(random.nextInt(KEYS) - 1);
    }
    if (one(2)) {
      range.setRevision(near(revision));
    }
    if (one(2)) {
      range.setSortOrderValue(random.nextInt(3)).setSortTargetValue(random.nextInt(5));
    }
    if (one(5)) {
      range.setMinModRevision(near(revision));
    }
    if (one(5)) {
      range.setMaxModRevision(near(revision));
    }
    if (one(5)) {
      range.setMinCreateRevision(near(revision));
    }
    if (one(5)) {
      range.setMaxCreateRevision(near(revision));
    }
    return range;
  }

  private DeleteRangeRequest.Builder delete() {
    var delete = DeleteRangeRequest.newBuilder().setRangeEnd(rangeEnd()).setPrevKv(one(2));
    return one(50) ? delete : delete.setKey(key());
  }

  private TxnRequest.Builder txn(long revision, int depth) {
    var txn = TxnRequest.newBuilder();
    for (int i = random.nextInt(3); i > 0; i--) {
      txn.addCompare(compare(revision));
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      txn.addSuccess(op(revision, depth));
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      txn.addFailure(op(revision, depth));
    }
    return txn;
  }

  private RequestOp op(long revision, int depth) {
    var op = RequestOp.newBuilder();
    int dice = random.nextInt(depth < 2 ? 20 : 16);
    if (dice < 8) {
      op.setRequestPut(put());
    } else if (dice < 13) {
      op.setRequestRange(range(revision));
    } else if (dice < 16) {
      op.setRequestDeleteRange(delete());
    } else {
      op.setRequestTxn(txn(revision, depth + 1));
    }
    return op.build();
  }

  private Compare compare(long revision) {
    var compare = Compare.newBuilder().setResultValue(random.nextInt(4));
    if (!one(50)) {
      compare.setKey(key());
    }
    if (one(4)) {
      compare.setRangeEnd(rangeEnd());
    }
    switch (random.nextInt(5)) {
      case 0 -> compare.setTarget(Compare.CompareTarget.VERSION).setVersion(random.nextInt(3));
      case 1 -> compare.setTarget(Compare.CompareTarget.CREATE).setCreateRevision(near(revision));
      case 2 -> compare.setTarget(Compare.CompareTarget.MOD).setModRevision(near(revision));
      case 3 -> compare.setTarget(Compare.CompareTarget.LEASE).setLease(leaseId());
      default -> compare.setTarget(Compare.CompareTarget.VALUE).setValue(value());
    }
    return compare.build();
  }

  private CompactionRequest compaction(long revision) {
    return CompactionRequest.newBuilder()
        // Never 0: an etcd that was never compacted says yes to it, once.
        .setRevision(one(4) ? near(revision) | 1 : Math.max(1, revision - random.nextInt(30)))
        .setPhysical(one(3))
        .build();
  }

  private Call<?, ?> lease() {
    long id = leaseId();
    return switch (random.nextInt(5)) {
      case 0, 1 ->
          new Call<>(
              LeaseGrpc.getLeaseGrantMethod(),
              LeaseGrantRequest.newBuilder().setID(id == 0 ? 1 : id).setTTL(5000).build());
      case 2 ->
          new Call<>(
              LeaseGrpc.getLeaseRevokeMethod(), LeaseRevokeRequest.newBuilder().setID(id).build());
      case 3 ->
          new Call<>(
              LeaseGrpc.getLeaseTimeToLiveMethod(),
              LeaseTimeToLiveRequest.newBuilder().setID(id).setKeys(one(2)).build());
      default ->
          new Call<>(LeaseGrpc.getLeaseLeasesMethod(), LeaseLeasesRequest.getDefaultInstance());
    };
  }

  private long near(long revision) {
    return switch (random.nextInt(12)) {
      case 0 -> 0;
      case 1 -> -1;
      case 2 -> revision + 1;
      case 3 -> revision;
      default -> Math.max(0, revision - random.nextInt(40));
    };
  }

  private ByteString key() {
    return copyFromUtf8("k" + random.nextInt(KEYS));
  }

  private ByteString rangeEnd() {
    return switch (random.nextInt(6)) {
      case 0, 1 -> ByteString.EMPTY;
      case 2 -> ByteString.copyFrom(new byte[1]);
      default -> key();
    };
  }

  private ByteString value() {
    return copyFromUtf8("v".repeat(random.nextInt(3)) + random.nextInt(4));
  }

  private long leaseId() {
    return random.nextInt(LEASES + 1);
  }

  private boolean one(int in) {
    return random.nextInt(in) == 0;
  }
}

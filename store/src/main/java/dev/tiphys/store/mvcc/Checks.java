package dev.tiphys.store.mvcc;

import com.google.protobuf.ByteString;
import dev.tiphys.store.rpc.Compare;
import dev.tiphys.store.rpc.DeleteRangeRequest;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.rpc.RequestOp;
import dev.tiphys.store.rpc.TxnRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What can be said about a request without looking at the state. Each method throws {@link
 * StoreException}.
 */
public final class Checks {
  private Checks() {}

  /** A range names a key and a known order. */
  public static void range(RangeRequest request) {
    if (request.getKey().isEmpty()) {
      throw StoreError.EMPTY_KEY.exception();
    }
    if (request.getSortOrder() == RangeRequest.SortOrder.UNRECOGNIZED
        || request.getSortTarget() == RangeRequest.SortTarget.UNRECOGNIZED) {
      throw StoreError.INVALID_SORT_OPTION.exception();
    }
  }

  /** As {@link #range}; and it asks for keys as they come. */
  public static void rangeStream(RangeRequest request) {
    range(request);
    if (Ranges.isSorted(request)) {
      throw StoreError.STREAM_SORTED.exception();
    }
    if (Ranges.isFiltered(request)) {
      throw StoreError.STREAM_FILTERED.exception();
    }
  }

  /** A put names a key, and gives nothing that it says to ignore. */
  public static void put(PutRequest request) {
    if (request.getKey().isEmpty()) {
      throw StoreError.EMPTY_KEY.exception();
    }
    if (request.getIgnoreValue() && !request.getValue().isEmpty()) {
      throw StoreError.VALUE_PROVIDED.exception();
    }
    if (request.getIgnoreLease() && request.getLease() != 0) {
      throw StoreError.LEASE_PROVIDED.exception();
    }
  }

  /** A delete names a key. */
  public static void delete(DeleteRangeRequest request) {
    if (request.getKey().isEmpty()) {
      throw StoreError.EMPTY_KEY.exception();
    }
  }

  /** A transaction is small enough, all parts are right, and no key is written twice. */
  public static void txn(TxnRequest request, int maxOps) {
    shape(request, maxOps);
    writes(request.getSuccessList());
    writes(request.getFailureList());
  }

  /** True when neither branch writes. */
  public static boolean readOnly(TxnRequest request) {
    return readOnly(request.getSuccessList()) && readOnly(request.getFailureList());
  }

  /** True when a branch, taken or not, may put: what needs space. Deletions need none. */
  public static boolean mayPut(TxnRequest request) {
    return mayPut(request.getSuccessList()) || mayPut(request.getFailureList());
  }

  private static boolean mayPut(List<RequestOp> ops) {
    for (var op : ops) {
      if (op.hasRequestPut() || (op.hasRequestTxn() && mayPut(op.getRequestTxn()))) {
        return true;
      }
    }
    return false;
  }

  private static boolean readOnly(List<RequestOp> ops) {
    for (var op : ops) {
      boolean reads =
          switch (op.getRequestCase()) {
            case REQUEST_RANGE, REQUEST_NOT_SET -> true;
            case REQUEST_TXN -> readOnly(op.getRequestTxn());
            case REQUEST_PUT, REQUEST_DELETE_RANGE -> false;
          };
      if (!reads) {
        return false;
      }
    }
    return true;
  }

  private static void shape(TxnRequest request, int maxOps) {
    int ops =
        Math.max(
            request.getCompareCount(),
            Math.max(request.getSuccessCount(), request.getFailureCount()));
    if (ops > maxOps) {
      throw StoreError.TOO_MANY_OPS.exception();
    }
    for (Compare compare : request.getCompareList()) {
      if (compare.getKey().isEmpty()) {
        throw StoreError.EMPTY_KEY.exception();
      }
    }
    for (var branch : List.of(request.getSuccessList(), request.getFailureList())) {
      for (var op : branch) {
        switch (op.getRequestCase()) {
          case REQUEST_RANGE -> range(op.getRequestRange());
          case REQUEST_PUT -> put(op.getRequestPut());
          case REQUEST_DELETE_RANGE -> delete(op.getRequestDeleteRange());
          case REQUEST_TXN -> shape(op.getRequestTxn(), maxOps - ops);
          case REQUEST_NOT_SET -> throw StoreError.KEY_NOT_FOUND.exception();
        }
      }
    }
  }

  /** The keys that a list of operations may put and the ranges that it may delete. */
  private record Writes(Set<ByteString> puts, List<KeyRange> deletes) {
    void checkPut(ByteString key) {
      byte[] bytes = key.toByteArray();
      if (puts.contains(key) || deletes.stream().anyMatch(d -> d.contains(bytes))) {
        throw StoreError.DUPLICATE_KEY.exception();
      }
    }
  }

  /**
   * All deletes of a level count for all its puts and for those below. What a nested transaction
   * deletes counts for what comes after it, not for its own other branch: only one of them runs.
   */
  private static Writes writes(List<RequestOp> ops) {
    var writes = new Writes(new HashSet<>(), new ArrayList<>());
    for (var op : ops) {
      if (op.hasRequestDeleteRange()) {
        var delete = op.getRequestDeleteRange();
        // As etcd has it, a range to the end of all keys does not count here.
        writes.deletes.add(
            delete.getRangeEnd().isEmpty()
                ? KeyRange.single(delete.getKey().toByteArray())
                : new KeyRange(delete.getKey().toByteArray(), delete.getRangeEnd().toByteArray()));
      }
    }
    for (var op : ops) {
      if (op.hasRequestTxn()) {
        var success = writes(op.getRequestTxn().getSuccessList());
        var failure = writes(op.getRequestTxn().getFailureList());
        success.puts.forEach(writes::checkPut);
        // Only one branch runs, so both may put the same key.
        failure.puts.removeAll(success.puts);
        failure.puts.forEach(writes::checkPut);
        writes.puts.addAll(success.puts);
        writes.puts.addAll(failure.puts);
        writes.deletes.addAll(success.deletes);
        writes.deletes.addAll(failure.deletes);
      }
    }
    for (var op : ops) {
      if (op.hasRequestPut()) {
        writes.checkPut(op.getRequestPut().getKey());
        writes.puts.add(op.getRequestPut().getKey());
      }
    }
    return writes;
  }
}

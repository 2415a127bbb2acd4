package dev.tiphys.store.mvcc;

import com.google.protobuf.ByteString;
import dev.tiphys.store.rpc.Compare;
import dev.tiphys.store.rpc.KeyValue;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.rpc.RangeResponse;
import dev.tiphys.store.rpc.RequestOp;
import dev.tiphys.store.rpc.ResponseHeader;
import dev.tiphys.store.rpc.ResponseOp;
import dev.tiphys.store.rpc.TxnRequest;
import dev.tiphys.store.rpc.TxnResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Transactions in three steps: all comparisons, also of nested transactions, are decided against
 * the state before; the chosen operations are checked as a whole, so that carrying them out cannot
 * fail half-way; then they run in order.
 */
final class Transactions {
  private static final KeyValue ABSENT = KeyValue.getDefaultInstance();

  private final KeyIndex index;
  private final Records records;
  private final Leases leases;

  /** A transaction whose comparisons are decided. */
  record Decided(boolean succeeded, List<Step> steps) {
    /** An operation; a nested transaction comes decided. */
    record Step(RequestOp op, List<Decided> nested) {}
  }

  /** Carries out ranges, wherever they read from. */
  @FunctionalInterface
  interface Ranger {
    RangeResponse range(RangeRequest request) throws IOException;
  }

  Transactions(KeyIndex index, Records records, Leases leases) {
    this.index = index;
    this.records = records;
    this.leases = leases;
  }

  /** Decides all comparisons as of {@code revision}, which must be the newest. */
  Decided decide(TxnRequest request, long revision) throws IOException {
    boolean succeeded = true;
    for (var compare : request.getCompareList()) {
      if (!holds(compare, revision)) {
        succeeded = false;
        break;
      }
    }
    var steps = new ArrayList<Decided.Step>();
    for (var op : succeeded ? request.getSuccessList() : request.getFailureList()) {
      steps.add(
          new Decided.Step(
              op, op.hasRequestTxn() ? List.of(decide(op.getRequestTxn(), revision)) : List.of()));
    }
    return new Decided(succeeded, steps);
  }

  /** Refuses what could not be carried out: first for a put, then for a range. */
  void check(Decided decided, long revision, long compacted) {
    checkPuts(decided, new ArrayList<>());
    checkRanges(decided, revision, compacted);
  }

  /**
   * A put that keeps something of what is there needs it when its turn comes. (What deletes all
   * keys from one on is let in beside puts of them, as in etcd; which ends then.)
   *
   * @param deleted what the steps before delete
   */
  private void checkPuts(Decided decided, List<KeyRange> deleted) {
    for (var step : decided.steps) {
      if (step.op.hasRequestPut()) {
        var put = step.op.getRequestPut();
        byte[] key = put.getKey().toByteArray();
        var history = index.get(key);
        boolean gone =
            history == null
                || !history.head().exists()
                || deleted.stream().anyMatch(range -> range.contains(key));
        if ((put.getIgnoreValue() || put.getIgnoreLease()) && gone) {
          throw StoreError.KEY_NOT_FOUND.exception();
        }
        if (put.getLease() != 0 && !leases.exists(put.getLease())) {
          throw StoreError.LEASE_NOT_FOUND.exception();
        }
      }
      if (step.op.hasRequestDeleteRange()) {
        var delete = step.op.getRequestDeleteRange();
        deleted.add(KeyRange.of(delete.getKey(), delete.getRangeEnd()));
      }
      step.nested.forEach(nested -> checkPuts(nested, deleted));
    }
  }

  private static void checkRanges(Decided decided, long revision, long compacted) {
    for (var step : decided.steps) {
      if (step.op.hasRequestRange()) {
        long asked = step.op.getRequestRange().getRevision();
        // A range that stands alone takes any negative revision for the newest.
        if (asked < 0 && (compacted > 0 || asked < -1)) {
          throw StoreError.COMPACTED.exception();
        }
        revision(asked, revision, compacted);
      }
      step.nested.forEach(n -> checkRanges(n, revision, compacted));
    }
  }

  /** Refuses a revision that is not there any more, or not yet. */
  static void revision(long asked, long newest, long compacted) {
    if (asked > newest) {
      throw StoreError.FUTURE_REVISION.exception();
    }
    if (asked > 0 && asked < compacted) {
      throw StoreError.COMPACTED.exception();
    }
  }

  /** Runs a transaction that writes. */
  static TxnResponse run(Decided decided, Entry entry) throws IOException {
    var response = TxnResponse.newBuilder().setSucceeded(decided.succeeded);
    for (var step : decided.steps) {
      var out = ResponseOp.newBuilder();
      switch (step.op.getRequestCase()) {
        case REQUEST_RANGE -> out.setResponseRange(entry.range(step.op.getRequestRange()));
        case REQUEST_PUT -> out.setResponsePut(entry.put(step.op.getRequestPut()));
        case REQUEST_DELETE_RANGE ->
            out.setResponseDeleteRange(entry.delete(step.op.getRequestDeleteRange()));
        case REQUEST_TXN -> out.setResponseTxn(inner(run(step.nested.getFirst(), entry)));
        case REQUEST_NOT_SET -> throw new IllegalStateException("an empty operation was let in");
      }
      response.addResponses(out);
    }
    return response.setHeader(entry.header()).build();
  }

  /** Runs a transaction that only reads. */
  static TxnResponse read(Decided decided, long revision, Ranger ranger) throws IOException {
    var header = ResponseHeader.newBuilder().setRevision(revision).build();
    var response = TxnResponse.newBuilder().setSucceeded(decided.succeeded).setHeader(header);
    for (var step : decided.steps) {
      if (step.op.hasRequestTxn()) {
        var nested = inner(read(step.nested.getFirst(), revision, ranger));
        response.addResponses(ResponseOp.newBuilder().setResponseTxn(nested));
      } else {
        var range = ranger.range(step.op.getRequestRange()).toBuilder().setHeader(header);
        response.addResponses(ResponseOp.newBuilder().setResponseRange(range));
      }
    }
    return response.build();
  }

  /** As etcd answers: the header of a nested transaction is there and says nothing. */
  private static TxnResponse inner(TxnResponse response) {
    return response.toBuilder().setHeader(ResponseHeader.getDefaultInstance()).build();
  }

  private boolean holds(Compare compare, long revision) throws IOException {
    boolean any = false;
    for (var history : index.in(KeyRange.of(compare.getKey(), compare.getRangeEnd()))) {
      var head = history.head();
      if (!head.exists()) {
        continue;
      }
      any = true;
      if (!holds(compare, history, head, revision)) {
        return false;
      }
    }
    // A value that does not exist equals nothing and differs from nothing; all numbers of it are
    // zero.
    return any
        || (compare.getTarget() != Compare.CompareTarget.VALUE
            && accepts(compare, Long.compare(0, number(compare))));
  }

  private boolean holds(Compare compare, KeyHistory history, KeyHistory.Head head, long revision)
      throws IOException {
    return accepts(
        compare,
        switch (compare.getTarget()) {
          case VERSION -> Long.compare(head.version(), compare.getVersion());
          case CREATE -> Long.compare(head.createRevision(), compare.getCreateRevision());
          case MOD -> Long.compare(head.modRevision(), compare.getModRevision());
          case LEASE -> Long.compare(head.lease(), compare.getLease());
          case VALUE -> {
            var kv = records.at(history, revision);
            yield ByteString.unsignedLexicographicalComparator()
                .compare((kv == null ? ABSENT : kv).getValue(), compare.getValue());
          }
          case UNRECOGNIZED -> 0;
        });
  }

  private static long number(Compare compare) {
    return switch (compare.getTarget()) {
      case VERSION -> compare.getVersion();
      case CREATE -> compare.getCreateRevision();
      case MOD -> compare.getModRevision();
      case LEASE -> compare.getLease();
      case VALUE, UNRECOGNIZED -> 0;
    };
  }

  private static boolean accepts(Compare compare, int order) {
    return switch (compare.getResult()) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case GREATER -> order > 0;
      case LESS -> order < 0;
      case UNRECOGNIZED -> true;
    };
  }
}

package dev.tiphys.store.mvcc;

import com.google.protobuf.ByteString;
import dev.tiphys.store.rpc.KeyValue;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.rpc.RangeRequest.SortOrder;
import dev.tiphys.store.rpc.RangeRequest.SortTarget;
import dev.tiphys.store.rpc.RangeResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers a range at one revision. Headers are left to the caller. */
final class Ranges {
  private static final Comparator<ByteString> BYTES =
      ByteString.unsignedLexicographicalComparator();

  private final KeyIndex index;
  private final Records records;

  Ranges(KeyIndex index, Records records) {
    this.index = index;
    this.records = records;
  }

  RangeResponse at(RangeRequest request, long revision) throws IOException {
    var range = KeyRange.of(request.getKey(), request.getRangeEnd());
    var response = RangeResponse.newBuilder();
    if (request.getCountOnly()) {
      return response.setCount(count(range, revision)).build();
    }
    boolean everything = needsEverything(request);
    boolean arranged = everything || order(request) != request.getSortOrder();
    long limit = request.getLimit();
    // As etcd has it: without an order given, a target only sorts the first of the keys.
    long fetch = limit <= 0 || everything ? Long.MAX_VALUE : arranged ? limit + 1 : limit;
    long count = 0;
    List<KeyValue> found = new ArrayList<>();
    for (var history : index.in(range)) {
      if (!history.existsAt(revision)) {
        continue;
      }
      if (found.size() < fetch) {
        var kv = records.at(history, revision);
        if (kv == null) {
          continue; // compacted while we read; the caller will see that and refuse
        }
        found.add(request.getKeysOnly() && !sortsByValue(request) ? withoutValue(kv) : kv);
      }
      count++;
    }
    response.setCount(count);
    if (arranged) {
      found = arrange(found, request);
      if (limit > 0 && found.size() > limit) {
        found = found.subList(0, (int) limit);
        response.setMore(true);
      }
    } else {
      response.setMore(count > found.size());
    }
    return response.addAllKvs(found).build();
  }

  /** True when records can be sent as they lie on disk, in the order of the index. */
  static boolean isPlain(RangeRequest request) {
    return !request.getCountOnly()
        && !request.getKeysOnly()
        && !needsEverything(request)
        && order(request) == request.getSortOrder();
  }

  /**
   * Answers a plain range without its records, and notes where they lie.
   *
   * @param into takes their places, in the order of the answer
   */
  RangeResponse locate(RangeRequest request, long revision, Located into) {
    long limit = request.getLimit() <= 0 ? Long.MAX_VALUE : request.getLimit();
    long count = 0;
    for (var history : index.in(KeyRange.of(request.getKey(), request.getRangeEnd()))) {
      if (count < limit ? history.locate(revision, into) : history.existsAt(revision)) {
        count++;
      }
    }
    return RangeResponse.newBuilder().setCount(count).setMore(count > into.count()).build();
  }

  /**
   * Notes where the first records of a range lie, in the order of keys.
   *
   * @param keys no more than so many
   * @param bytes and none after one with which they are as long as this
   * @return the first key of the others; null when there are none
   */
  byte @Nullable [] locate(KeyRange range, long revision, long keys, long bytes, Located into) {
    for (var history : index.in(range)) {
      if (into.count() < keys && into.bytes() < bytes) {
        history.locate(revision, into);
      } else if (history.existsAt(revision)) {
        return history.key();
      }
    }
    return null;
  }

  long count(KeyRange range, long revision) {
    long count = 0;
    for (var history : index.in(range)) {
      if (history.existsAt(revision)) {
        count++;
      }
    }
    return count;
  }

  private static boolean needsEverything(RangeRequest request) {
    return isSorted(request) || isFiltered(request);
  }

  /** True when another order than that of the index is asked for. */
  static boolean isSorted(RangeRequest request) {
    return request.getSortOrder() == SortOrder.DESCEND
        || (request.getSortOrder() == SortOrder.ASCEND
            && request.getSortTarget() != SortTarget.KEY);
  }

  /** True when keys are left out for their revisions. */
  static boolean isFiltered(RangeRequest request) {
    return request.getMinModRevision() != 0
        || request.getMaxModRevision() != 0
        || request.getMinCreateRevision() != 0
        || request.getMaxCreateRevision() != 0;
  }

  private static boolean sortsByValue(RangeRequest request) {
    return request.getSortTarget() == SortTarget.VALUE;
  }

  /** A target other than the key without an order means ascending. */
  private static SortOrder order(RangeRequest request) {
    return request.getSortOrder() == SortOrder.NONE && request.getSortTarget() != SortTarget.KEY
        ? SortOrder.ASCEND
        : request.getSortOrder();
  }

  private static List<KeyValue> arrange(List<KeyValue> found, RangeRequest request) {
    var kept = new ArrayList<KeyValue>(found.size());
    for (var kv : found) {
      if (within(kv.getModRevision(), request.getMinModRevision(), request.getMaxModRevision())
          && within(
              kv.getCreateRevision(),
              request.getMinCreateRevision(),
              request.getMaxCreateRevision())) {
        kept.add(kv);
      }
    }
    if (order(request) != SortOrder.NONE) {
      var comparator = comparator(request.getSortTarget());
      kept.sort(order(request) == SortOrder.DESCEND ? comparator.reversed() : comparator);
    }
    if (request.getKeysOnly()) {
      kept.replaceAll(Ranges::withoutValue);
    }
    return kept;
  }

  private static boolean within(long revision, long min, long max) {
    return (min == 0 || revision >= min) && (max == 0 || revision <= max);
  }

  private static Comparator<KeyValue> comparator(SortTarget target) {
    return switch (target) {
      case VERSION -> Comparator.comparingLong(KeyValue::getVersion);
      case CREATE -> Comparator.comparingLong(KeyValue::getCreateRevision);
      case MOD -> Comparator.comparingLong(KeyValue::getModRevision);
      case VALUE -> Comparator.comparing(KeyValue::getValue, BYTES);
      case KEY, UNRECOGNIZED -> Comparator.comparing(KeyValue::getKey, BYTES);
    };
  }

  static KeyValue withoutValue(KeyValue kv) {
    return kv.getValue().isEmpty() ? kv : kv.toBuilder().clearValue().build();
  }
}

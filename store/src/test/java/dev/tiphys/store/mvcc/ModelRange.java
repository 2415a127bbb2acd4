package dev.tiphys.store.mvcc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tiphys.store.rpc.KeyValue;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.rpc.RangeRequest.SortOrder;
import dev.tiphys.store.rpc.RangeResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/** What a range must answer, computed from the model in the plainest way. */
final class ModelRange {
  private static final Comparator<ByteString> BYTES =
      ByteString.unsignedLexicographicalComparator();

  private ModelRange() {}

  static void assertSame(RangeResponse actual, RangeRequest request, Model model) {
    long revision = request.getRevision() > 0 ? request.getRevision() : model.revision();
    var range = KeyRange.of(request.getKey(), request.getRangeEnd());
    var all = new ArrayList<KeyValue>();
    for (var kv : model.at(revision).values()) {
      if (range.contains(kv.getKey().toByteArray())) {
        all.add(kv);
      }
    }
    assertThat(actual.getHeader().getRevision()).isEqualTo(model.revision());
    assertThat(actual.getCount()).isEqualTo(all.size());
    if (request.getCountOnly()) {
      assertThat(actual.getKvsList()).isEmpty();
      return;
    }
    all.removeIf(kv ->
        (request.getMinModRevision() != 0 && kv.getModRevision() < request.getMinModRevision())
            || (request.getMaxCreateRevision() != 0
                && kv.getCreateRevision() > request.getMaxCreateRevision()));
    // As in etcd: without an order given, a target sorts only the first keys, and one more.
    boolean unfiltered =
        request.getMinModRevision() == 0
            && request.getMaxModRevision() == 0
            && request.getMinCreateRevision() == 0
            && request.getMaxCreateRevision() == 0;
    if (request.getSortOrder() == SortOrder.NONE
        && unfiltered
        && request.getLimit() > 0
        && all.size() > request.getLimit()) {
      all = new ArrayList<>(all.subList(0, (int) request.getLimit() + 1));
    }
    sort(all, request);
    boolean more = request.getLimit() > 0 && all.size() > request.getLimit();
    List<KeyValue> expected = more ? all.subList(0, (int) request.getLimit()) : all;
    if (request.getKeysOnly()) {
      expected = expected.stream().map(kv -> kv.toBuilder().clearValue().build()).toList();
    }
    assertThat(actual.getMore()).isEqualTo(more);
    assertThat(actual.getKvsList()).isEqualTo(expected);
  }

  private static void sort(List<KeyValue> kvs, RangeRequest request) {
    Function<KeyValue, Long> number =
        switch (request.getSortTarget()) {
          case VERSION -> KeyValue::getVersion;
          case CREATE -> KeyValue::getCreateRevision;
          case MOD -> KeyValue::getModRevision;
          default -> _ -> 0L;
        };
    Comparator<KeyValue> order =
        switch (request.getSortTarget()) {
          case KEY -> Comparator.comparing(KeyValue::getKey, BYTES);
          case VALUE -> Comparator.comparing(KeyValue::getValue, BYTES);
          default -> Comparator.comparing(number);
        };
    if (request.getSortOrder() == SortOrder.DESCEND) {
      order = order.reversed();
    } else if (request.getSortOrder() == SortOrder.NONE
        && request.getSortTarget() == RangeRequest.SortTarget.KEY) {
      return;
    }
    kvs.sort(order);
  }
}

package dev.tiphys.store.mvcc;

import com.google.protobuf.ByteString;
import dev.tiphys.store.rpc.Event;
import dev.tiphys.store.rpc.KeyValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The plainest possible multi-version store: every revision keeps a whole copy of the key space.
 */
final class Model {
  private static final Comparator<ByteString> ORDER =
      ByteString.unsignedLexicographicalComparator();

  private final List<TreeMap<ByteString, KeyValue>> states = new ArrayList<>();
  private final List<List<Event>> events = new ArrayList<>();

  Model() {
    for (int i = 0; i < 2; i++) {
      states.add(new TreeMap<>(ORDER));
      events.add(List.of());
    }
  }

  long revision() {
    return states.size() - 1;
  }

  /** The key space at a revision. */
  TreeMap<ByteString, KeyValue> at(long revision) {
    return states.get((int) revision);
  }

  List<Event> events(long revision) {
    return events.get((int) revision);
  }

  @Nullable KeyValue get(ByteString key) {
    return at(revision()).get(key);
  }

  /** Begins the next revision; nothing is changed until {@link Step#commit}. */
  Step begin() {
    return new Step();
  }

  final class Step {
    final TreeMap<ByteString, KeyValue> now = new TreeMap<>(at(revision()));
    private final List<Event> changes = new ArrayList<>();
    private final long next = revision() + 1;

    void put(ByteString key, ByteString value, long lease) {
      var old = now.get(key);
      var kv =
          KeyValue.newBuilder()
              .setKey(key)
              .setValue(value)
              .setLease(lease)
              .setModRevision(next)
              .setCreateRevision(old == null ? next : old.getCreateRevision())
              .setVersion(old == null ? 1 : old.getVersion() + 1)
              .build();
      now.put(key, kv);
      var event = Event.newBuilder().setType(Event.EventType.PUT).setKv(kv);
      if (old != null) {
        event.setPrevKv(old);
      }
      changes.add(event.build());
    }

    long delete(Predicate<KeyValue> which) {
      long count = 0;
      for (var kv : List.copyOf(now.values())) {
        if (which.test(kv)) {
          now.remove(kv.getKey());
          changes.add(
              Event.newBuilder()
                  .setType(Event.EventType.DELETE)
                  .setKv(KeyValue.newBuilder().setKey(kv.getKey()).setModRevision(next))
                  .setPrevKv(kv)
                  .build());
          count++;
        }
      }
      return count;
    }

    void commit() {
      if (!changes.isEmpty()) {
        states.add(now);
        events.add(changes);
      }
    }
  }
}

package dev.tiphys.apiserver.storage;

import dev.tiphys.api.schema.ApiObject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes what the store remembers of a resource into what its cache would have seen, had it been
 * there: each object before and after every change. Thread-safe.
 */
final class PastEvents<T extends ApiObject> {

  private static final Logger log = LoggerFactory.getLogger(PastEvents.class);

  private final ResourceSpec<T> spec;
  private final Etcd etcd;
  private final StoreHistory history;
  private final InstantSource clock;

  PastEvents(ResourceSpec<T> spec, Etcd etcd, StoreHistory history, InstantSource clock) {
    this.spec = spec;
    this.etcd = etcd;
    this.history = history;
    this.clock = clock;
  }

  /**
   * What happened behind a revision and up to a known state.
   *
   * @throws StorageException.Expired if the store does not remember it, or it is too much
   */
  List<Transition<T>> between(long revision, WatchCache.Snapshot<T> known) {
    List<WatchFeed.Event> events =
        history.events(spec.keyPrefix(), revision, known.revision(), Limits.RING_MAX);
    Map<String, @Nullable StoredObject<T>> latest = new HashMap<>();
    List<Transition<T>> past = new ArrayList<>(events.size());
    Instant at = clock.instant();
    for (WatchFeed.Event event : events) {
      Entry entry = event.entry();
      String path = entry.key().substring(spec.keyPrefix().length());
      StoredObject<T> before =
          latest.containsKey(path) ? latest.get(path) : read(path, entry.key(), revision);
      StoredObject<T> after = event.deletion() ? null : object(path, entry, known);
      latest.put(path, after);
      if (before != null || after != null) {
        past.add(new Transition<>(path, before, after, entry.revision(), at));
      }
    }
    log.debug(
        "event=history-read resource={} from={} to={} events={}",
        spec.qualifiedName(),
        revision,
        known.revision(),
        past.size());
    return past;
  }

  /** An object as it was at a revision. */
  private @Nullable StoredObject<T> read(String path, String key, long revision) {
    try {
      List<Entry> found = etcd.range(key, key + '\0', 1, revision).entries();
      return found.isEmpty() ? null : decoded(path, found.getFirst());
    } catch (CompactedException e) {
      throw new StorageException.Expired(StoreHistory.EXPIRED, null);
    }
  }

  private @Nullable StoredObject<T> object(String path, Entry entry, WatchCache.Snapshot<T> known) {
    StoredObject<T> there = known.objects().get(path);
    return there != null && there.revision() == entry.revision() ? there : decoded(path, entry);
  }

  private @Nullable StoredObject<T> decoded(String path, Entry entry) {
    try {
      return StoredObject.of(path, spec.codec().decode(entry.value()), entry.revision());
    } catch (RuntimeException e) {
      // As in the cache: what cannot be read is not there.
      log.error("unreadable value key={} revision={}", entry.key(), entry.revision(), e);
      return null;
    }
  }
}

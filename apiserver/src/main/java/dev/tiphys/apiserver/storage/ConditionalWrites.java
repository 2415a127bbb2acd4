package dev.tiphys.apiserver.storage;

import dev.tiphys.apiserver.grpc.GrpcException;
import java.util.Arrays;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes keys that have not changed since a revision, and follows up what becomes of a write whose
 * answer is lost together with a server: the key, or its history, tells whether it was done; if
 * not, it is asked for again, and its condition lets it happen once only. Thread-safe.
 *
 * <p>That a key is not there, which a creation demands, may become true again: one that a frozen
 * server does when it wakes comes back after its deletion. That is so for all clients of etcd.
 */
final class ConditionalWrites {

  private static final Logger log = LoggerFactory.getLogger(ConditionalWrites.class);

  private final Etcd etcd;
  private final StoreHistory history;
  private final LongSupplier reached;

  /**
   * A write.
   *
   * @param before a revision that the store had reached before it was asked for
   * @param ask asks for it
   * @param done tells an event of its key that it would have made from others
   */
  private record Write(
      String key, long before, Supplier<Etcd.Written> ask, Predicate<WatchFeed.Event> done) {}

  /** Takes a revision that the store has surely reached, the later the better; 0 for none yet. */
  ConditionalWrites(Etcd etcd, StoreHistory history, LongSupplier reached) {
    this.etcd = etcd;
    this.history = history;
    this.reached = reached;
  }

  /**
   * Puts a value if the key has not changed since a revision.
   *
   * @param expected 0 for a key that must not be there
   * @param lease 0 for none
   * @throws StorageException.Unavailable when it was refused, or nobody can tell what became of it
   */
  Etcd.Written put(String key, long expected, byte[] value, long lease) {
    return write(
        key,
        expected,
        () -> etcd.put(key, expected, value, lease),
        event -> !event.deletion() && Arrays.equals(event.entry().value(), value));
  }

  /**
   * Deletes a key if it has not changed since a revision.
   *
   * @throws StorageException.Unavailable when it was refused, or nobody can tell what became of it
   */
  Etcd.Written delete(String key, long expected) {
    // Of two deletions that met nobody can tell which it was, and nobody need know.
    return write(key, expected, () -> etcd.delete(key, expected), WatchFeed.Event::deletion);
  }

  private Etcd.Written write(
      String key, long expected, Supplier<Etcd.Written> ask, Predicate<WatchFeed.Event> done) {
    Write write = new Write(key, Math.max(expected, reached.getAsLong()), ask, done);
    try {
      return ask.get();
    } catch (StorageException.Unavailable e) {
      if (write.before() == 0 || !mayHaveBeenDone(e)) {
        throw e;
      }
      return followUp(write, e);
    }
  }

  private static boolean mayHaveBeenDone(StorageException.Unavailable failure) {
    return failure.getCause() instanceof GrpcException call
        && call.status() == GrpcException.UNAVAILABLE;
  }

  private Etcd.Written followUp(Write write, StorageException.Unavailable doubt) {
    try {
      for (int attempt = 0; attempt < Limits.WRITE_ATTEMPTS; attempt++) {
        Etcd.Written done = find(write);
        Etcd.Written answer = done == null ? askAgain(write) : done;
        if (answer instanceof Etcd.Written.Refused) {
          // Perhaps by itself, having been done between the look and the question.
          done = find(write);
          answer = done == null ? answer : done;
        }
        if (answer != null) {
          log.info(
              "event=write-followed-up key={} came_to=\"{}\"", write.key(), told(answer, done));
          return answer;
        }
      }
    } catch (StorageException e) {
      doubt.addSuppressed(e);
    }
    throw doubt;
  }

  private static String told(Etcd.Written answer, Etcd.@Nullable Written done) {
    if (answer instanceof Etcd.Written.Refused) {
      return "refused";
    }
    return done == null ? "done when asked again" : "done before";
  }

  /** The write, if it was done. */
  private Etcd.@Nullable Written find(Write write) {
    Entry entry = etcd.get(write.key());
    if (entry == null) {
      return findInHistory(write);
    }
    if (entry.revision() <= write.before()) {
      return null;
    }
    return write.done().test(new WatchFeed.Event(entry, false))
        ? new Etcd.Written.Done(entry.revision())
        : findInHistory(write);
  }

  /** What others did to the key after it may have hidden it. */
  private Etcd.@Nullable Written findInHistory(Write write) {
    // Agreed on by a majority: what a leader that is lost got through lies before it.
    long now = etcd.revision();
    for (var event : history.events(write.key(), write.before(), now, Limits.RING_MAX)) {
      if (event.entry().key().equals(write.key()) && write.done().test(event)) {
        return new Etcd.Written.Done(event.entry().revision());
      }
    }
    return null;
  }

  /** Null if that is lost as well. */
  private static Etcd.@Nullable Written askAgain(Write write) {
    try {
      return write.ask().get();
    } catch (StorageException.Unavailable e) {
      if (!mayHaveBeenDone(e)) {
        throw e;
      }
      return null;
    }
  }
}

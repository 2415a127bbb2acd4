package dev.tiphys.apiserver.storage;

import dev.tiphys.api.schema.ApiObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A watch under way. One thread takes its events; {@link #close} may be called by any and wakes it.
 * Always to be closed.
 */
public interface Watcher<T extends ApiObject> extends AutoCloseable {

  /**
   * Waits for events and takes all that are there, at most {@link Limits#WATCH_BATCH}: written to
   * the client together they cost one packet.
   *
   * @param atMost how long to wait
   * @return in order; empty if there was none in time, or it is closed
   * @throws StorageException.WatchEnded if this watcher did not keep up or the store was replaced
   * @throws InterruptedException if the thread is to end
   */
  List<WatchEvent<T>> take(Duration atMost) throws InterruptedException;

  /**
   * As {@link #take}, but does not wait.
   *
   * @return empty if there is none now, or it is closed
   */
  List<WatchEvent<T>> poll();

  /**
   * Has something done now and whenever {@link #poll} may have more to say, so that nobody has to
   * wait in {@link #take}; when a bookmark is due it is not told. Runs on any thread, perhaps under
   * the store's locks: it must neither block nor call back.
   */
  void onReady(Runnable action);

  /** Says when it will be closed: a bookmark then comes {@link Limits#LAST_BOOKMARK} before. */
  void endsAt(Instant end);

  /** Whether it has been closed. */
  boolean closed();

  @Override
  void close();
}

package dev.tiphys.client;

import dev.tiphys.api.schema.ApiObject;
import org.jspecify.annotations.Nullable;

/**
 * A running watch. One task reads; any may close.
 *
 * <p>A watch ends in the ordinary course of things, by its timeout or with the server; whoever
 * wants to go on watches again from the last {@link WatchEvent#resourceVersion()}.
 */
public interface WatchStream<T extends ApiObject> extends AutoCloseable {

  /**
   * Waits for the next event.
   *
   * @return null when the watch has ended
   * @throws ApiException.Gone if the version that the watch started from is no longer known; list
   *     again
   * @throws ApiException as the server or the network has it
   */
  @Nullable WatchEvent<T> next();

  /** Ends the watch; a waiting {@link #next} returns null. */
  @Override
  void close();
}

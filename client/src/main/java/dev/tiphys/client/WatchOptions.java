package dev.tiphys.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a watch reports, and from when.
 *
 * @param labelSelector as in {@link ListOptions}
 * @param fieldSelector as in {@link ListOptions}
 * @param resourceVersion report what happened after this version; null to start with the present
 *     objects as additions
 * @param bookmarks whether the server may send bookmarks
 * @param timeout after which the server ends the watch, in whole seconds
 */
public record WatchOptions(
    @Nullable String labelSelector,
    @Nullable String fieldSelector,
    @Nullable String resourceVersion,
    boolean bookmarks,
    Duration timeout) {

  /** Everything after a version, with bookmarks, for five minutes. */
  public static WatchOptions after(@Nullable String resourceVersion) {
    return new WatchOptions(null, null, resourceVersion, true, Duration.ofMinutes(5));
  }

  /** Only objects whose labels match. */
  public WatchOptions withLabels(@Nullable String selector) {
    return new WatchOptions(selector, fieldSelector, resourceVersion, bookmarks, timeout);
  }

  /** Only objects whose fields match. */
  public WatchOptions withFields(@Nullable String selector) {
    return new WatchOptions(labelSelector, selector, resourceVersion, bookmarks, timeout);
  }

  /** Ended by the server after this time. */
  public WatchOptions withTimeout(Duration duration) {
    return new WatchOptions(labelSelector, fieldSelector, resourceVersion, bookmarks, duration);
  }
}

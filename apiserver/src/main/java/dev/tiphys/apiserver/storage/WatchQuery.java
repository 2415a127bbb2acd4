package dev.tiphys.apiserver.storage;

import dev.tiphys.api.schema.ApiObject;

/**
 * A watch to begin.
 *
 * @param selection which objects; one that begins to match is ADDED, one that ceases to is DELETED
 * @param start from where
 * @param bookmarks whether to say about every minute how far it has come
 */
public record WatchQuery<T extends ApiObject>(
    Selection<T> selection, Start start, boolean bookmarks) {

  /** Where a watch begins. */
  public sealed interface Start {

    /**
     * Everything after a revision: {@code resourceVersion=N}.
     *
     * @param revision greater than 0
     */
    record After(long revision) implements Start {}

    /**
     * All that is there as ADDED, then what happens: without a resourceVersion, or {@code 0}, or
     * with {@code sendInitialEvents=true}.
     *
     * @param readAt how fresh what is there must be; not {@link ReadAt.Exact}
     * @param endBookmark whether a bookmark marked {@link WatchEvent#initialEventsEnd} closes the
     *     initial events, whatever {@link WatchQuery#bookmarks} says
     */
    record WithState(ReadAt readAt, boolean endBookmark) implements Start {}
  }
}

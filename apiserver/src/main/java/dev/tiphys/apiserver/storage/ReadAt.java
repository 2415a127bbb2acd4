package dev.tiphys.apiserver.storage;

/**
 * At which revision to read: {@code resourceVersion} and {@code resourceVersionMatch} of a request.
 */
public sealed interface ReadAt {

  /** The default of a read without a resourceVersion. */
  ReadAt LATEST = new Latest();

  /** {@code resourceVersion=0}. */
  ReadAt ANY = new Any();

  /** As fresh as if read from a majority of the store now. */
  record Latest() implements ReadAt {}

  /** Whatever is at hand, even if old. */
  record Any() implements ReadAt {}

  /**
   * At least as fresh as a revision; waits for it {@link Limits#FRESHNESS_TIMEOUT}.
   *
   * @param revision greater than 0
   */
  record NotOlderThan(long revision) implements ReadAt {}

  /**
   * The state at a revision. Only for lists.
   *
   * @param revision greater than 0
   */
  record Exact(long revision) implements ReadAt {}
}

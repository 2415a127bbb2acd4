package dev.tiphys.apiserver.storage;

import java.time.Duration;

/** Every bound of storage, with its reason. */
public final class Limits {

  /** How long a read waits for the cache to reach a revision, as upstream does. */
  public static final Duration FRESHNESS_TIMEOUT = Duration.ofSeconds(3);

  /** About how often a watch that wants bookmarks gets one, as upstream does. */
  public static final Duration BOOKMARK_INTERVAL = Duration.ofMinutes(1);

  /** So long before its end a watch that wants bookmarks gets the last one, as upstream does. */
  public static final Duration LAST_BOOKMARK = Duration.ofSeconds(2);

  /** Events a watcher takes at once: more would only make its batch's bytes larger. */
  public static final int WATCH_BATCH = 256;

  /** How often an update is tried against other writers before it is a conflict. */
  public static final int UPDATE_ATTEMPTS = 100;

  /** One call to the store; etcd itself gives up after 7 s. */
  static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);

  /** How often a write is asked for again while server after server is lost. */
  static final int WRITE_ATTEMPTS = 3;

  /** Between attempts to begin the watch on the store again, growing from the first to the last. */
  static final Duration RETRY_FIRST = Duration.ofMillis(50);

  /** See {@link #RETRY_FIRST}. */
  static final Duration RETRY_LAST = Duration.ofSeconds(2);

  /** Objects read from the store in one call when a cache fills or history is listed. */
  static final int STORE_PAGE = 1000;

  /**
   * Objects that a list must have for its bytes to be kept as a whole: a short one is made fast.
   */
  static final int SHARED_LIST = 200;

  /** Recent events kept of a resource at least; a restarted client is seldom further behind. */
  static final int RING_MIN = 128;

  /** Recent events kept of a resource at most: bounds memory under a storm of writes. */
  static final int RING_MAX = 16_384;

  /** Events younger than this are kept if {@link #RING_MAX} allows. */
  static final Duration RING_WINDOW = Duration.ofSeconds(75);

  /** Who may read the store's history at once: each reads all that was written meanwhile. */
  static final int HISTORY_READS = 2;

  /** One reading of history, and waiting for one's turn. */
  static final Duration HISTORY_TIMEOUT = Duration.ofSeconds(20);

  /** How often history is read for one watch while what is remembered moves on meanwhile. */
  static final int HISTORY_ATTEMPTS = 3;

  /** Events that wait for a watcher before it is ended as too slow. */
  static final int WATCHER_QUEUE = 2048;

  /** Objects with a time to live share a lease granted within this time, as upstream does. */
  static final Duration LEASE_REUSE = Duration.ofSeconds(60);

  /** The most objects that share a lease, so that its end is not one huge deletion. */
  static final int LEASE_OBJECTS = 1000;

  private Limits() {}
}

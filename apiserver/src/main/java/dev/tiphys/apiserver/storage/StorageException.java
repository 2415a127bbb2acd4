package dev.tiphys.apiserver.storage;

import org.jspecify.annotations.Nullable;

/**
 * Why the store did not do what was asked. Each kind becomes one Status; messages are those that
 * upstream's clients know, without the resource's name in front.
 */
public sealed class StorageException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private StorageException(@Nullable String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** There is an object under that key already: 409 AlreadyExists. */
  public static final class AlreadyExists extends StorageException {
    private static final long serialVersionUID = 1L;

    AlreadyExists(String key) {
      super("key exists: " + key, null);
    }
  }

  /** There is no object under that key: 404 NotFound. */
  public static final class NotFound extends StorageException {
    private static final long serialVersionUID = 1L;

    NotFound(String key) {
      super("key not found: " + key, null);
    }
  }

  /** A precondition does not hold, or others kept changing the object: 409 Conflict. */
  public static final class Conflict extends StorageException {
    private static final long serialVersionUID = 1L;

    Conflict(String message) {
      super(message, null);
    }
  }

  /**
   * The revision asked for is no longer in history: 410 Expired. For a watch the client lists anew;
   * for a continue token {@link #continueToken} may go on without consistency.
   */
  public static final class Expired extends StorageException {
    private static final long serialVersionUID = 1L;

    private final @Nullable String continueToken;

    Expired(String message, @Nullable String continueToken) {
      super(message, null);
      this.continueToken = continueToken;
    }

    /** For {@code metadata.continue} of the Status: goes on from here at the latest revision. */
    public @Nullable String continueToken() {
      return continueToken;
    }
  }

  /**
   * The revision asked for lies in the future: 504 Timeout with the cause {@code
   * ResourceVersionTooLarge} and a retry after {@link #RETRY_AFTER_SECONDS}.
   */
  public static final class RevisionTooLarge extends StorageException {
    private static final long serialVersionUID = 1L;

    /** What upstream tells clients to wait. */
    public static final int RETRY_AFTER_SECONDS = 1;

    RevisionTooLarge(long asked, long current) {
      super("Too large resource version: " + asked + ", current: " + current, null);
    }
  }

  /** A continue token or other argument makes no sense: 400 BadRequest. */
  public static final class Malformed extends StorageException {
    private static final long serialVersionUID = 1L;

    Malformed(String message) {
      super(message, null);
    }
  }

  /** The store cannot be reached or refuses to work; carries its text: 500, to be tried again. */
  public static final class Unavailable extends StorageException {
    private static final long serialVersionUID = 1L;

    Unavailable(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** A value in the store is not what we can read: 500. Names the key, not the value. */
  public static final class Corrupt extends StorageException {
    private static final long serialVersionUID = 1L;

    Corrupt(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** This watcher did not keep up, or the cache was begun anew: the watch ends; clients resume. */
  public static final class WatchEnded extends StorageException {
    private static final long serialVersionUID = 1L;

    WatchEnded(String message) {
      super(message, null);
    }
  }
}

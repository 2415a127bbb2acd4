package dev.tiphys.apiserver.storage;

import dev.tiphys.api.schema.ApiObject;
import java.lang.ref.SoftReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a watcher is told. Events and their objects are shared by all watchers, so that an event is
 * encoded once for all of them. Immutable but for that; thread-safe.
 */
public final class WatchEvent<T extends ApiObject> {

  /** As in the JSON of a watch. */
  public enum Type {
    ADDED,
    MODIFIED,
    DELETED,
    BOOKMARK
  }

  private final Type type;
  private final @Nullable Stored<T> stored;
  private final long revision;
  private final boolean initialEventsEnd;
  private final boolean shared;

  // Two watchers may encode at the same time; both results are the same, so either may stay.
  private volatile @Nullable SoftReference<byte[] @Nullable []> frames;

  private WatchEvent(
      Type type,
      @Nullable Stored<T> stored,
      long revision,
      boolean initialEventsEnd,
      boolean shared) {
    this.type = type;
    this.stored = stored;
    this.revision = revision;
    this.initialEventsEnd = initialEventsEnd;
    this.shared = shared;
  }

  /**
   * An event for one watcher.
   *
   * @param stored the object after it; of DELETED the state before it under the revision of the
   *     deletion; null of BOOKMARK
   * @param revision everything up to it has been told
   * @param initialEventsEnd of BOOKMARK: it is the one that gets the annotation {@code
   *     k8s.io/initial-events-end}
   */
  public WatchEvent(
      Type type, @Nullable Stored<T> stored, long revision, boolean initialEventsEnd) {
    this(type, stored, revision, initialEventsEnd, false);
  }

  /** An event that many watchers are told. */
  static <T extends ApiObject> WatchEvent<T> forAll(
      Type type, @Nullable Stored<T> stored, long revision) {
    return new WatchEvent<>(type, stored, revision, false, true);
  }

  /** What happened, as this watcher sees it. */
  public Type type() {
    return type;
  }

  /** Everything up to it has been told. */
  public long revision() {
    return revision;
  }

  /** Whether it is the bookmark behind the initial events. */
  public boolean initialEventsEnd() {
    return initialEventsEnd;
  }

  /** The object; null of a bookmark. */
  public @Nullable Stored<T> stored() {
    return stored;
  }

  /** The object of an event that has one. */
  public Stored<T> storedObject() {
    if (stored == null) {
      throw new IllegalStateException("a bookmark has no object");
    }
    return stored;
  }

  /**
   * The whole event as it is sent, made once for all watchers that want the same form.
   *
   * @param slot of the object's {@link Encoding} that the form is made of
   * @param make makes it
   */
  public byte[] frame(int slot, Supplier<byte[]> make) {
    if (!shared || slot < 0) {
      return make.get();
    }
    SoftReference<byte[] @Nullable []> reference = frames;
    byte @Nullable [] @Nullable [] kept = reference == null ? null : reference.get();
    if (kept == null) {
      kept = new byte[Encoding.SLOTS][];
      frames = new SoftReference<>(kept);
    }
    byte[] frame = kept[slot];
    if (frame == null) {
      frame = make.get();
      kept[slot] = frame;
    }
    return frame;
  }

  @Override
  public String toString() {
    return type + "@" + revision;
  }
}

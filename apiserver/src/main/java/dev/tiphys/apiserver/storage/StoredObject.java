package dev.tiphys.apiserver.storage;

import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.schema.ApiObject;
import java.lang.ref.SoftReference;
import org.jspecify.annotations.Nullable;

/** The {@link Stored} of the cache and of fresh reads alike. */
final class StoredObject<T extends ApiObject> implements Stored<T> {

  private final String path;
  private final T object;
  private final long revision;

  // Kept as long as there is memory to spare: what is listed again and again stays, what was only
  // answered to its writer goes. Two readers may encode at the same time; both results are the
  // same,
  // so either may stay.
  private volatile @Nullable SoftReference<byte[] @Nullable []> encodings;

  private StoredObject(String path, T object, long revision) {
    this.path = path;
    this.object = object;
    this.revision = revision;
  }

  /**
   * An object under a revision, which becomes its resourceVersion.
   *
   * @param path its key without the resource's prefix
   */
  @SuppressWarnings("unchecked") // An object with other metadata is of the same type.
  static <T extends ApiObject> StoredObject<T> of(String path, T object, long revision) {
    ObjectMeta metadata = object.metadata().withResourceVersion(Long.toString(revision));
    return new StoredObject<>(path, (T) object.withMetadata(metadata), revision);
  }

  String path() {
    return path;
  }

  @Override
  public T object() {
    return object;
  }

  @Override
  public long revision() {
    return revision;
  }

  /** The same object under the revision of its deletion. */
  StoredObject<T> at(long laterRevision) {
    return of(path, object, laterRevision);
  }

  @Override
  public byte[] encoded(Encoding<? super T> encoding) {
    int slot = encoding.slot();
    if (slot < 0) {
      return encoding.encode(object);
    }
    SoftReference<byte[] @Nullable []> reference = encodings;
    byte @Nullable [] @Nullable [] kept = reference == null ? null : reference.get();
    if (kept == null) {
      kept = new byte[Encoding.SLOTS][];
      encodings = new SoftReference<>(kept);
    }
    byte[] bytes = kept[slot];
    if (bytes == null) {
      bytes = encoding.encode(object);
      kept[slot] = bytes;
    }
    return bytes;
  }
}

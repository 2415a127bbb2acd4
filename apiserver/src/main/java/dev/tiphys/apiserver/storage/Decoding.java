package dev.tiphys.apiserver.storage;

import dev.tiphys.api.schema.ApiObject;

/** From values of the store to objects. */
final class Decoding {

  private Decoding() {}

  /**
   * Decodes a value.
   *
   * @throws StorageException.Corrupt if it is not one
   */
  static <T extends ApiObject> StoredObject<T> of(ResourceSpec<T> spec, String path, Entry entry) {
    try {
      return StoredObject.of(path, spec.codec().decode(entry.value()), entry.revision());
    } catch (RuntimeException e) {
      throw new StorageException.Corrupt(
          "the value of " + entry.key() + " cannot be read: " + e.getMessage(), e);
    }
  }
}

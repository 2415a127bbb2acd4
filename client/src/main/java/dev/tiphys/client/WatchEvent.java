package dev.tiphys.client;

import dev.tiphys.api.schema.ApiObject;

/** What a watch reports. Errors of a watch are thrown by {@link WatchStream#next}. */
public sealed interface WatchEvent<T extends ApiObject> {

  /** The resource version that the event brings the watcher to. */
  String resourceVersion();

  /** An object came into being, or into the selection. */
  record Added<T extends ApiObject>(T object) implements WatchEvent<T> {
    @Override
    public String resourceVersion() {
      return versionOf(object);
    }
  }

  /** An object changed. */
  record Modified<T extends ApiObject>(T object) implements WatchEvent<T> {
    @Override
    public String resourceVersion() {
      return versionOf(object);
    }
  }

  /** An object went, or left the selection; this is its last state. */
  record Deleted<T extends ApiObject>(T object) implements WatchEvent<T> {
    @Override
    public String resourceVersion() {
      return versionOf(object);
    }
  }

  /** Nothing happened up to this version. */
  record Bookmark<T extends ApiObject>(String resourceVersion) implements WatchEvent<T> {}

  private static String versionOf(ApiObject object) {
    String version = object.metadata().resourceVersion();
    return version == null ? "" : version;
  }
}

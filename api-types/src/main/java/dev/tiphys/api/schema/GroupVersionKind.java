package dev.tiphys.api.schema;

/**
 * A kind in a version of a group.
 *
 * @param group the API group, empty for the core group
 * @param version as {@code v1}
 * @param kind as {@code Pod}
 */
public record GroupVersionKind(String group, String version, String kind) {

  /** The {@code apiVersion} of objects of this kind: {@code v1}, {@code apps/v1}. */
  public String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }
}

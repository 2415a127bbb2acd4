package dev.tiphys.api.codec;

import dev.tiphys.api.schema.GroupVersionKind;

/**
 * What a document says it is.
 *
 * @param apiVersion as {@code apps/v1}, empty if absent
 * @param kind as {@code Deployment}, empty if absent
 */
public record TypeMeta(String apiVersion, String kind) {

  /** Group, version and kind; parts that are absent are empty. */
  public GroupVersionKind groupVersionKind() {
    int slash = apiVersion.indexOf('/');
    return slash < 0
        ? new GroupVersionKind("", apiVersion, kind)
        : new GroupVersionKind(
            apiVersion.substring(0, slash), apiVersion.substring(slash + 1), kind);
  }
}

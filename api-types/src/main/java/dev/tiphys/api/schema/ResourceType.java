package dev.tiphys.api.schema;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A resource that the API server can serve: the facts of discovery, and the types of its objects
 * and lists. {@code dev.tiphys.api.Resources} has the generated constants, one a resource.
 *
 * @param kind group, version and kind of the objects
 * @param plural the resource's name in paths, as {@code pods}
 * @param singular as {@code pod}
 * @param shortNames as {@code po}
 * @param categories as {@code all}
 * @param namespaced whether objects live in a namespace
 * @param verbs what can be done with it, as discovery tells it: {@code create}, {@code watch}, …
 * @param subresources each with its kind and verbs
 * @param objectType of one object
 * @param listType of a list of objects; null for resources that can only be created, as reviews
 */
public record ResourceType<T extends ApiObject>(
    GroupVersionKind kind,
    String plural,
    String singular,
    List<String> shortNames,
    List<String> categories,
    boolean namespaced,
    List<String> verbs,
    List<Subresource> subresources,
    Supplier<StructType<T>> objectType,
    @Nullable Supplier<? extends StructType<? extends ApiList<T>>> listType) {

  /**
   * A subresource of a resource.
   *
   * @param name as {@code status}, {@code scale}
   * @param kind of what is sent and returned
   * @param verbs what can be done with it
   */
  public record Subresource(String name, GroupVersionKind kind, List<String> verbs) {}

  /** The API group, empty for the core group. */
  public String group() {
    return kind.group();
  }

  /** The version, as {@code v1}. */
  public String version() {
    return kind.version();
  }
}

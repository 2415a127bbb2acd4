package dev.tiphys.apiserver.storage;

import dev.tiphys.api.schema.ApiObject;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which objects of a resource are meant. What is said by namespace, name and index value is looked
 * up; the predicate is tried on what remains.
 *
 * @param namespace null for all
 * @param name null for all
 * @param indexValue of {@link ResourceSpec#watchIndex}, which the predicate implies; null for any
 * @param matches label and field selectors; null for all. Pure and thread-safe
 */
public record Selection<T extends ApiObject>(
    @Nullable String namespace,
    @Nullable String name,
    @Nullable String indexValue,
    @Nullable Predicate<? super T> matches) {

  /** Every object of the resource. */
  public static <T extends ApiObject> Selection<T> all() {
    return new Selection<>(null, null, null, null);
  }

  /** Every object of a namespace. */
  public static <T extends ApiObject> Selection<T> inNamespace(String namespace) {
    return new Selection<>(namespace, null, null, null);
  }

  boolean accepts(T object) {
    return (namespace == null || namespace.equals(nullToEmpty(object.metadata().namespace())))
        && (name == null || name.equals(object.metadata().name()))
        && (matches == null || matches.test(object));
  }

  private static String nullToEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}

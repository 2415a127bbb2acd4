package dev.tiphys.client;

import dev.tiphys.api.meta.v1.DeleteOptions;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.schema.StructType;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The verbs of the API over one resource, in one namespace or across all. Immutable and
 * thread-safe; each call is one request, blocks, and throws an {@link ApiException} if the server
 * refuses or cannot be reached.
 *
 * <p>Objects name their own namespace: {@link #create}, {@link #update} and {@link #updateStatus}
 * take it from the object's metadata where {@link #inNamespace} was not called.
 */
public interface ResourceClient<T extends ApiObject> {

  /** The resource. */
  ResourceType<?> type();

  /**
   * The same resource within a namespace. Empty means all namespaces, or a cluster-wide resource.
   */
  ResourceClient<T> inNamespace(@Nullable String namespace);

  /**
   * Reads an object.
   *
   * @throws ApiException.NotFound if there is none
   */
  T get(String name);

  /** Reads an object that may be missing. */
  default Optional<T> find(String name) {
    try {
      return Optional.of(get(name));
    } catch (ApiException.NotFound missing) {
      return Optional.empty();
    }
  }

  /** Reads one page of objects; the whole list if {@link ListOptions#limit()} is 0. */
  Page<T> list(ListOptions options);

  /** Reads all objects, page by page. */
  default Page<T> listAll(ListOptions options) {
    Page<T> page = list(options.withLimit(options.limit() == 0 ? Limits.PAGE : options.limit()));
    if (page.continueToken() == null) {
      return page;
    }
    List<T> items = new ArrayList<>(page.items());
    while (page.continueToken() != null) {
      page = list(options.withLimit(Limits.PAGE).withContinue(page.continueToken()));
      items.addAll(page.items());
    }
    return new Page<>(items, page.resourceVersion(), null);
  }

  /** Starts to watch. The stream must be closed. */
  WatchStream<T> watch(WatchOptions options);

  /**
   * Creates an object and returns it as stored.
   *
   * @throws ApiException.AlreadyExists if there is one of that name
   */
  T create(T object);

  /**
   * Replaces an object's desired state.
   *
   * @throws ApiException.Conflict if the object has a {@code resourceVersion} that is not current
   */
  T update(T object);

  /** Replaces an object's status, else as {@link #update}. */
  T updateStatus(T object);

  /** Changes an object. */
  default T patch(String name, Patch patch) {
    return patch(name, "", patch);
  }

  /**
   * Changes an object through a subresource.
   *
   * @param subresource as {@code status}; empty for the object itself
   */
  T patch(String name, String subresource, Patch patch);

  /** Deletes an object with the resource's own defaults. */
  default void delete(String name) {
    delete(name, DeleteOptions.builder().build());
  }

  /**
   * Deletes an object, or begins to: finalizers and grace periods let it live on for a while.
   *
   * @throws ApiException.Conflict if a precondition does not hold
   */
  void delete(String name, DeleteOptions options);

  /** Deletes all selected objects, each as {@link #delete} would. */
  void deleteCollection(DeleteOptions options, ListOptions selection);

  /**
   * Posts to a subresource: {@code binding}, {@code eviction}, {@code token}.
   *
   * @param answer the type of what comes back
   */
  <R extends Struct> R post(String name, String subresource, Struct body, StructType<R> answer);

  /** Replaces through a subresource that has its own kind: {@code scale}, {@code finalize}. */
  <R extends Struct> R put(String name, String subresource, Struct body, StructType<R> answer);

  /** Reads a subresource that has its own kind: {@code scale}. */
  <R extends Struct> R get(String name, String subresource, StructType<R> answer);

  /**
   * Opens a subresource as bytes: {@code log}. The stream must be closed.
   *
   * @param query parameters of the request
   */
  InputStream stream(String name, String subresource, Map<String, String> query);
}

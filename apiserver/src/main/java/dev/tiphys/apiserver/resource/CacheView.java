package dev.tiphys.apiserver.resource;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.apiserver.storage.ListQuery;
import dev.tiphys.apiserver.storage.ObjectKey;
import dev.tiphys.apiserver.storage.ReadAt;
import dev.tiphys.apiserver.storage.ResourceStore;
import dev.tiphys.apiserver.storage.Selection;
import dev.tiphys.apiserver.storage.Stored;
import dev.tiphys.apiserver.strategy.ClusterView;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The watch caches of all resources as one view. Stores are added while the server is put together;
 * rules that hold the view use it only afterwards. Thread-safe.
 */
public final class CacheView implements ClusterView {

  private final Map<ResourceType<?>, ResourceStore<?>> stores = new ConcurrentHashMap<>();

  /** Adds a resource. */
  public <T extends ApiObject> void add(ResourceType<T> type, ResourceStore<T> store) {
    stores.put(type, store);
  }

  /**
   * The store of a resource that was added.
   *
   * @throws NullPointerException if it was not
   */
  @SuppressWarnings("unchecked") // stores are added under the type that they hold
  public <T extends ApiObject> ResourceStore<T> store(ResourceType<T> type) {
    return (ResourceStore<T>)
        Objects.requireNonNull(stores.get(type), () -> type.plural() + " are not served");
  }

  @Override
  public <T extends ApiObject> @Nullable T get(
      ResourceType<T> type, String namespace, String name) {
    Stored<T> stored = store(type).find(new ObjectKey(namespace, name), ReadAt.ANY);
    return stored == null ? null : stored.object();
  }

  @Override
  public <T extends ApiObject> @Nullable T getFresh(
      ResourceType<T> type, String namespace, String name) {
    Stored<T> stored = store(type).find(new ObjectKey(namespace, name), ReadAt.LATEST);
    return stored == null ? null : stored.object();
  }

  @Override
  public <T extends ApiObject> List<T> list(ResourceType<T> type, String namespace) {
    return list(type, namespace, ReadAt.ANY);
  }

  @Override
  public <T extends ApiObject> List<T> listFresh(ResourceType<T> type, String namespace) {
    return list(type, namespace, ReadAt.LATEST);
  }

  private <T extends ApiObject> List<T> list(
      ResourceType<T> type, String namespace, ReadAt readAt) {
    Selection<T> selection =
        namespace.isEmpty() ? Selection.all() : Selection.inNamespace(namespace);
    return store(type).list(new ListQuery<>(selection, readAt, 0, null)).items().stream()
        .map(Stored::object)
        .toList();
  }
}

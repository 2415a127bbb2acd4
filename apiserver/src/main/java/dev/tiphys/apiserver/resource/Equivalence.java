package dev.tiphys.apiserver.resource;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.apiserver.storage.ResourceStore;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The same objects under several versions, or groups: what is stored once and seen in different
 * ways. Thread-safe.
 */
public final class Equivalence {

  private Equivalence() {}

  /** The other resources that are served of what a resource keeps; most often none. */
  public static List<ResourceType<?>> others(Endpoints endpoints, ResourceType<?> type) {
    Endpoint<?> own = endpoints.find(type.group(), type.version(), type.plural());
    if (own == null) {
      return List.of();
    }
    ResourceStore<?> kept = ConvertedStore.within(own.store());
    List<ResourceType<?>> others = new ArrayList<>();
    for (List<Endpoint<?>> all : List.of(endpoints.all(), endpoints.custom())) {
      for (Endpoint<?> other : all) {
        if (other != own && ConvertedStore.within(other.store()) == kept) {
          others.add(other.type());
        }
      }
    }
    return others;
  }

  /**
   * An object as another resource shows it. What is no object of the resource, such as a {@code
   * Scale}, stays as it is.
   *
   * @throws dev.tiphys.apiserver.request.ApiException if a custom resource cannot be converted
   */
  public static @Nullable ApiObject seen(
      Endpoints endpoints, @Nullable ApiObject object, ResourceType<?> from, ResourceType<?> as) {
    if (object == null || from == as || object.structType() != from.objectType().get()) {
      return object;
    }
    Endpoint<?> first = endpoints.find(from.group(), from.version(), from.plural());
    Endpoint<?> second = endpoints.find(as.group(), as.version(), as.plural());
    return first == null || second == null
        ? object
        : shown(stored(object, first.store()), second.store());
  }

  @SuppressWarnings("unchecked") // the object is of the resource's type, as was just seen
  private static <T extends ApiObject> ApiObject stored(ApiObject object, ResourceStore<T> store) {
    return store instanceof ConvertedStore<T, ?> converted
        ? converted.toStored((T) object)
        : object;
  }

  private static ApiObject shown(ApiObject object, ResourceStore<?> store) {
    return store instanceof ConvertedStore<?, ?> converted ? shown(object, converted) : object;
  }

  @SuppressWarnings("unchecked") // both stores keep the same
  private static <T extends ApiObject, S extends ApiObject> ApiObject shown(
      ApiObject object, ConvertedStore<T, S> store) {
    return store.fromStored((S) object);
  }
}

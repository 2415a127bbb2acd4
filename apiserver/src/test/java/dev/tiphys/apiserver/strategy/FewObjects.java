package dev.tiphys.apiserver.strategy;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A cluster of a few objects, which are found by name; lists are empty. */
public record FewObjects(Lookup lookup) implements ClusterView {

  /** Nothing is in it. */
  public static final FewObjects NONE = new FewObjects((namespace, name) -> null);

  /** Finds an object, which must be of the kind that is asked for. */
  @FunctionalInterface
  public interface Lookup {
    @Nullable ApiObject find(String namespace, String name);
  }

  @Override
  @SuppressWarnings("unchecked") // whoever looks up knows what is asked for
  public <T extends ApiObject> @Nullable T get(
      ResourceType<T> type, String namespace, String name) {
    return (T) lookup.find(namespace, name);
  }

  @Override
  public <T extends ApiObject> @Nullable T getFresh(
      ResourceType<T> type, String namespace, String name) {
    return get(type, namespace, name);
  }

  @Override
  public <T extends ApiObject> List<T> list(ResourceType<T> type, String namespace) {
    return List.of();
  }

  @Override
  public <T extends ApiObject> List<T> listFresh(ResourceType<T> type, String namespace) {
    return List.of();
  }
}

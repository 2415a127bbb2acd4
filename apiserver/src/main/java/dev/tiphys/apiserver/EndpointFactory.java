package dev.tiphys.apiserver;

import dev.tiphys.api.codec.ProtobufCodec;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.apiserver.admission.Admission;
import dev.tiphys.apiserver.resource.CacheView;
import dev.tiphys.apiserver.resource.Chance;
import dev.tiphys.apiserver.resource.Endpoint;
import dev.tiphys.apiserver.resource.Registry;
import dev.tiphys.apiserver.resource.ServedResource;
import dev.tiphys.apiserver.resource.ServedResource.Conversion;
import dev.tiphys.apiserver.storage.ResourceSpec;
import dev.tiphys.apiserver.storage.Store;
import dev.tiphys.apiserver.storage.StructCodec;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Opens a store for each kind and makes what works on it. */
final class EndpointFactory {

  private final Store store;
  private final CacheView view;
  private final Admission admission;
  private final Chance chance;
  private final ProtobufCodec protobuf = new ProtobufCodec();

  EndpointFactory(Store store, CacheView view, Admission admission, Chance chance) {
    this.store = store;
    this.view = view;
    this.admission = admission;
    this.chance = chance;
  }

  /** The endpoints of all resources; those stored as another kind come after that kind. */
  List<Endpoint<?>> all(Registry registry) {
    List<Endpoint<?>> endpoints = new ArrayList<>();
    Map<ResourceType<?>, ServedResource<?>> stored = new LinkedHashMap<>();
    for (ServedResource<?> resource : registry.all()) {
      if (resource.conversion() == null) {
        stored.put(resource.type(), resource);
      }
    }
    stored.values().forEach(this::open);
    for (ServedResource<?> resource : registry.all()) {
      Conversion<?, ?> conversion = resource.conversion();
      if (conversion != null && !stored.containsKey(conversion.stored())) {
        // The stored version is switched off, one that is kept as it is on.
        openHidden(conversion.stored());
        stored.put(conversion.stored(), resource);
      }
    }
    for (ServedResource<?> resource : registry.all()) {
      endpoints.add(endpoint(resource));
    }
    return endpoints;
  }

  private <T extends ApiObject> void openHidden(ResourceType<T> type) {
    open(type, new Strategy<>() {});
  }

  private <T extends ApiObject> void open(ServedResource<T> resource) {
    open(resource.type(), resource.strategy());
  }

  private <T extends ApiObject> void open(ResourceType<T> type, Strategy<T> strategy) {
    String index = strategy.watchIndexField();
    view.add(
        type,
        store.open(
            new ResourceSpec<>(
                type.group(),
                type.plural(),
                store.layout().builtIn(type),
                type.namespaced(),
                new StructCodec<>(type.objectType().get(), protobuf),
                index == null ? null : object -> strategy.fieldValue(object, index))));
  }

  private <T extends ApiObject> Endpoint<T> endpoint(ServedResource<T> resource) {
    Conversion<T, ?> conversion = resource.conversion();
    return conversion == null
        ? Endpoint.of(resource, view.store(resource.type()), admission, chance, 0)
        : converted(resource, conversion);
  }

  private <T extends ApiObject, S extends ApiObject> Endpoint<T> converted(
      ServedResource<T> resource, Conversion<T, S> conversion) {
    // Slots after those of the stored kind's own forms; versions that are going are not kept.
    int slot = ServedVersions.isStable(resource.type().version()) ? 2 : -2;
    return Endpoint.converted(
        resource, view.store(conversion.stored()), conversion, admission, chance, slot);
  }
}

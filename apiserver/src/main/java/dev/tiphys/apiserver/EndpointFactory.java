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
import java.util.List;

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
    for (ServedResource<?> resource : registry.all()) {
      if (resource.conversion() == null) {
        open(resource);
      }
    }
    for (ServedResource<?> resource : registry.all()) {
      endpoints.add(endpoint(resource));
    }
    return endpoints;
  }

  private <T extends ApiObject> void open(ServedResource<T> resource) {
    ResourceType<T> type = resource.type();
    Strategy<T> strategy = resource.strategy();
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
    // Slots after those of the stored kind's own forms.
    return Endpoint.converted(
        resource, view.store(conversion.stored()), conversion, admission, chance, 2);
  }
}

package dev.tiphys.apiserver.extension;

import dev.tiphys.api.apiextensions.v1.CustomResourceDefinition;
import dev.tiphys.api.apiextensions.v1.CustomResourceSubresourceScale;
import dev.tiphys.api.meta.v1.DeleteOptions;
import dev.tiphys.api.schema.CustomObject;
import dev.tiphys.apiserver.admission.Admission;
import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.extension.definition.Conditions;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.resource.Chance;
import dev.tiphys.apiserver.resource.Endpoint;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.storage.ListQuery;
import dev.tiphys.apiserver.storage.ObjectKey;
import dev.tiphys.apiserver.storage.ReadAt;
import dev.tiphys.apiserver.storage.ResourceStore;
import dev.tiphys.apiserver.storage.Selection;
import dev.tiphys.apiserver.storage.Store;
import dev.tiphys.apiserver.storage.Stored;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is served of custom resources: an endpoint for each served version of each established
 * definition. A definition whose spec changes is served anew: its objects are read again, and
 * watches on them end. One thread serves; all may look. Thread-safe.
 */
public final class CustomResources {

  private final Store store;
  private final Endpoints endpoints;
  private final ServedVersions versions;
  private final Map<String, Holding> holdings = new TreeMap<>();
  private volatile Map<Endpoint<?>, CustomResourceSubresourceScale> scales = Map.of();

  /** Serves beside the endpoints that there are. */
  public CustomResources(
      Store store,
      Endpoints endpoints,
      Admission admission,
      Chance chance,
      ServedVersions.Rules rules,
      ServedVersions.Converters converters) {
    this.store = store;
    this.endpoints = endpoints;
    this.versions = new ServedVersions(admission, chance, rules, converters);
  }

  /** What is kept of one definition while it is served. */
  private record Holding(
      CustomResourceDefinition crd,
      Shape shape,
      ServedVersions.Opened opened,
      List<ServedVersions.Served> served) {}

  /** Serves what these definitions say, and nothing else. */
  public synchronized void serve(Collection<CustomResourceDefinition> definitions) {
    Map<String, CustomResourceDefinition> wanted = new HashMap<>();
    for (CustomResourceDefinition crd : definitions) {
      if (Conditions.isTrue(crd, Conditions.ESTABLISHED) && crd.spec() != null) {
        wanted.put(String.valueOf(crd.metadata().name()), crd);
      }
    }
    boolean changed = false;
    for (String name : List.copyOf(holdings.keySet())) {
      Holding holding = Objects.requireNonNull(holdings.get(name));
      if (!sameObjects(holding.crd(), wanted.get(name))) {
        holdings.remove(name);
        store.release(holding.opened().spec());
        changed = true;
      }
    }
    for (Map.Entry<String, CustomResourceDefinition> one : wanted.entrySet()) {
      Holding holding = holdings.get(one.getKey());
      if (holding == null || !sameAppearance(holding.crd(), one.getValue())) {
        holdings.put(one.getKey(), holding(one.getValue(), holding));
        changed = true;
      }
    }
    if (changed) {
      publish();
    }
  }

  private Holding holding(CustomResourceDefinition crd, @Nullable Holding old) {
    Shape shape = old == null ? Shape.of(crd) : old.shape();
    ServedVersions.Opened opened = old == null ? ServedVersions.open(store, shape) : old.opened();
    return new Holding(crd, shape, opened, versions.of(crd, shape, opened.store()));
  }

  private static boolean sameObjects(
      CustomResourceDefinition crd, @Nullable CustomResourceDefinition now) {
    return now != null
        && Objects.equals(crd.metadata().uid(), now.metadata().uid())
        && Objects.equals(crd.spec(), now.spec());
  }

  private static boolean sameAppearance(
      CustomResourceDefinition crd, CustomResourceDefinition now) {
    return Objects.requireNonNull(crd.status())
            .withConditions(List.of())
            .equals(Objects.requireNonNull(now.status()).withConditions(List.of()))
        && (crd.metadata().deletionTimestamp() == null)
            == (now.metadata().deletionTimestamp() == null);
  }

  private void publish() {
    List<Endpoint<?>> all = new ArrayList<>();
    Map<Endpoint<?>, CustomResourceSubresourceScale> scaled = new HashMap<>();
    // By group, and within it the best version first, as discovery tells them.
    List<ServedVersions.Served> served = new ArrayList<>();
    holdings.values().forEach(holding -> served.addAll(holding.served()));
    served.removeIf(one -> !one.version().served());
    served.sort(ServedVersions.ORDER);
    for (ServedVersions.Served one : served) {
      all.add(one.endpoint());
      if (one.version().hasScale()) {
        scaled.put(
            one.endpoint(),
            Objects.requireNonNull(
                Objects.requireNonNull(one.version().definition().subresources()).scale()));
      }
    }
    scales = Map.copyOf(scaled);
    endpoints.extend(all);
  }

  /** How the objects of an endpoint scale, or null. */
  public @Nullable CustomResourceSubresourceScale scaleOf(Endpoint<?> endpoint) {
    return scales.get(endpoint);
  }

  /**
   * Deletes the objects of a definition.
   *
   * @return whether none is left
   */
  public boolean removeObjects(String definition) {
    Holding holding;
    synchronized (this) {
      holding = holdings.get(definition);
    }
    if (holding == null) {
      return true;
    }
    Endpoint<CustomObject> endpoint =
        holding.served().stream()
            .filter(one -> one.version() == holding.shape().storage())
            .map(ServedVersions.Served::endpoint)
            .findFirst()
            .orElseThrow();
    ResourceStore<CustomObject> objects = endpoint.store();
    for (Stored<CustomObject> object : all(objects)) {
      if (object.object().metadata().deletionTimestamp() == null) {
        delete(endpoint, object.object());
      }
    }
    return all(objects).isEmpty();
  }

  private static List<Stored<CustomObject>> all(ResourceStore<CustomObject> objects) {
    return objects.list(new ListQuery<>(Selection.all(), ReadAt.LATEST, 0, null)).items();
  }

  private static void delete(Endpoint<CustomObject> endpoint, CustomObject object) {
    String namespace = object.metadata().namespace();
    ObjectKey key =
        new ObjectKey(namespace == null ? "" : namespace, String.valueOf(object.metadata().name()));
    try {
      endpoint.deletes().delete(User.SELF, key, DeleteOptions.builder().build());
    } catch (ApiException e) {
      if (e.reason() != ApiException.Reason.NOT_FOUND) {
        throw e;
      }
    }
  }
}

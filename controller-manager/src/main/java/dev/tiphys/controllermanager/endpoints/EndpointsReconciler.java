package dev.tiphys.controllermanager.endpoints;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.EndpointSubset;
import dev.tiphys.api.core.v1.Endpoints;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.Service;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.client.ApiException;
import dev.tiphys.client.Client;
import dev.tiphys.client.ObjectKey;
import dev.tiphys.client.ResourceClient;
import dev.tiphys.client.controller.Reconciler;
import dev.tiphys.client.informer.Lister;
import dev.tiphys.controllermanager.Limits;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the Endpoints object of each Service that has a selector, for those who still read it. */
public final class EndpointsReconciler implements Reconciler<ObjectKey> {

  private static final Logger log = LoggerFactory.getLogger(EndpointsReconciler.class);
  private static final String MANAGED_BY = "endpoints.kubernetes.io/managed-by";
  private static final String MANAGER = "endpoint-controller";
  private static final String OVER_CAPACITY = "endpoints.kubernetes.io/over-capacity";

  private final ResourceClient<Endpoints> endpoints;
  private final Lister<Service> services;
  private final Lister<Pod> pods;
  private final Lister<Endpoints> lister;

  /** Makes the reconciler. */
  public EndpointsReconciler(
      Client client, Lister<Service> services, Lister<Pod> pods, Lister<Endpoints> lister) {
    this.endpoints = client.resource(Resources.ENDPOINTS);
    this.services = services;
    this.pods = pods;
    this.lister = lister;
  }

  @Override
  public Result reconcile(ObjectKey key) {
    Service service = services.get(key);
    Endpoints current = lister.get(key);
    if (service == null) {
      if (current != null && MANAGER.equals(current.metadata().labels().get(MANAGED_BY))) {
        delete(key);
      }
      return Result.DONE;
    }
    if (!ServicePods.managed(service)) {
      return Result.DONE;
    }
    List<Pod> selected =
        pods.inNamespace(key.namespace()).stream()
            .filter(pod -> ServicePods.selects(service, pod))
            .toList();
    Endpoints next = next(service, current, Subsets.of(service, selected));
    ResourceClient<Endpoints> mine = endpoints.inNamespace(key.namespace());
    if (current == null) {
      mine.create(next);
    } else if (!next.equals(current)) {
      mine.update(next);
    }
    return Result.DONE;
  }

  private void delete(ObjectKey key) {
    try {
      endpoints.inNamespace(key.namespace()).delete(key.name());
    } catch (ApiException.NotFound gone) {
      log.debug("event=endpoints-already-gone key={}", key);
    }
  }

  /** The object as it should be; equal to the current one if nothing is to be done. */
  static Endpoints next(
      Service service, @Nullable Endpoints current, List<EndpointSubset> subsets) {
    boolean truncated = Subsets.size(subsets) > Limits.ENDPOINTS_ADDRESSES;
    Map<String, String> labels = new HashMap<>(service.metadata().labels());
    labels.remove(SlicePlan.HEADLESS);
    if (ServicePods.headless(service)) {
      labels.put(SlicePlan.HEADLESS, "");
    }
    labels.put(MANAGED_BY, MANAGER);
    ObjectMeta before =
        current == null
            ? ObjectMeta.builder()
                .name(service.metadata().name())
                .namespace(service.metadata().namespace())
                .build()
            : current.metadata();
    Map<String, String> annotations = new HashMap<>(before.annotations());
    annotations.remove(OVER_CAPACITY);
    if (truncated) {
      annotations.put(OVER_CAPACITY, "truncated");
    }
    Endpoints base = current == null ? Endpoints.builder().build() : current;
    return base.withMetadata(before.withLabels(labels).withAnnotations(annotations))
        .withSubsets(truncated ? Subsets.truncate(subsets, Limits.ENDPOINTS_ADDRESSES) : subsets);
  }
}

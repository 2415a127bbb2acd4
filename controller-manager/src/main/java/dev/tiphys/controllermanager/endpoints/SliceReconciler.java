package dev.tiphys.controllermanager.endpoints;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.Node;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.Service;
import dev.tiphys.api.discovery.v1.EndpointSlice;
import dev.tiphys.client.ApiException;
import dev.tiphys.client.Client;
import dev.tiphys.client.ObjectKey;
import dev.tiphys.client.ResourceClient;
import dev.tiphys.client.controller.Reconciler;
import dev.tiphys.client.informer.Index;
import dev.tiphys.client.informer.Informer;
import dev.tiphys.client.informer.Lister;
import dev.tiphys.controllermanager.Limits;
import dev.tiphys.controllermanager.common.Absent;
import dev.tiphys.controllermanager.common.WriteBarrier;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the EndpointSlices of each Service that has a selector. The key is the Service's. */
public final class SliceReconciler implements Reconciler<ObjectKey> {

  private static final Logger log = LoggerFactory.getLogger(SliceReconciler.class);

  private final ResourceClient<EndpointSlice> slices;
  private final Lister<Service> services;
  private final Lister<Pod> pods;
  private final Lister<Node> nodes;
  private final Index<ObjectKey, EndpointSlice> slicesByService;
  private final WriteBarrier<ObjectKey> written;

  /**
   * Makes the reconciler.
   *
   * @param slicesByService see {@link #serviceOf}
   */
  public SliceReconciler(
      Client client,
      Lister<Service> services,
      Lister<Pod> pods,
      Lister<Node> nodes,
      Informer<EndpointSlice> sliceInformer,
      Index<ObjectKey, EndpointSlice> slicesByService) {
    this.slices = client.resource(Resources.ENDPOINT_SLICES);
    this.services = services;
    this.pods = pods;
    this.nodes = nodes;
    this.slicesByService = slicesByService;
    this.written = new WriteBarrier<>(sliceInformer);
  }

  /** The Service whose slice this is; empty if it is none of ours. */
  public static List<ObjectKey> serviceOf(EndpointSlice slice) {
    String service = slice.metadata().labels().get(SlicePlan.SERVICE_NAME);
    boolean ours = SlicePlan.MANAGER.equals(slice.metadata().labels().get(SlicePlan.MANAGED_BY));
    return service == null || !ours
        ? List.of()
        : List.of(ObjectKey.of(slice.metadata().namespace(), service));
  }

  @Override
  public Result reconcile(ObjectKey key) {
    Service service = services.get(key);
    if (service == null || service.metadata().deletionTimestamp() != null) {
      // The garbage collector removes the slices with their owner.
      written.forget(key);
      return Result.DONE;
    }
    if (!ServicePods.managed(service)) {
      return Result.DONE;
    }
    if (!written.seen(key)) {
      return Result.after(Limits.WRITE_UNSEEN);
    }
    List<Pod> selected =
        pods.inNamespace(key.namespace()).stream()
            .filter(pod -> ServicePods.selects(service, pod))
            .toList();
    List<EndpointSlice> existing =
        slicesByService.get(key).stream()
            .filter(slice -> slice.metadata().deletionTimestamp() == null)
            .toList();
    SlicePlan plan =
        SlicePlan.of(service, selected, existing, name -> nodes.get(ObjectKey.of("", name)));
    if (!plan.isEmpty()) {
      act(key, plan);
    }
    return Result.DONE;
  }

  private void act(ObjectKey key, SlicePlan plan) {
    ResourceClient<EndpointSlice> mine = slices.inNamespace(key.namespace());
    plan.create().forEach(slice -> written.wrote(key, mine.create(slice)));
    plan.update().forEach(slice -> written.wrote(key, mine.update(slice)));
    for (EndpointSlice slice : plan.delete()) {
      try {
        mine.delete(Absent.empty(slice.metadata().name()));
      } catch (ApiException.NotFound gone) {
        log.debug("event=slice-already-gone slice={}", slice.metadata().name());
      }
    }
  }
}

package dev.tiphys.kubelet.pod;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.Service;
import dev.tiphys.client.Client;
import dev.tiphys.client.controller.Controller;
import dev.tiphys.client.controller.Reconciler;
import dev.tiphys.client.environment.Environment;
import dev.tiphys.client.event.EventRecorder;
import dev.tiphys.client.informer.Informer;
import dev.tiphys.kubelet.probe.Probers;
import dev.tiphys.kubelet.runtime.ContainerRuntime;
import dev.tiphys.kubelet.runtime.PodCgroups;
import dev.tiphys.kubelet.runtime.PodIdentity;
import dev.tiphys.kubelet.server.NodePods;
import dev.tiphys.kubelet.volume.PodVolumes;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs all pods of this node: wires what watches, decides and acts. The parts stop when it is
 * closed; containers go on running, and the next kubelet takes them over.
 */
public final class PodAgent implements AutoCloseable {

  private final Informer<Pod> pods;
  private final Informer<Service> services;
  private final Controller<PodIdentity> controller;
  private final PodReconciler reconciler;
  private final Probers probers;
  private final StatusWriter writer;
  private final RuntimePoller poller;

  /**
   * Wires the parts; nothing happens before {@link #start}.
   *
   * @param root the kubelet's directory
   * @param runtimeName before container ids in statuses: {@code containerd}
   */
  public PodAgent(
      Client client,
      ContainerRuntime runtime,
      PodCgroups cgroups,
      NodeFacts node,
      Path root,
      String runtimeName,
      Environment environment) {
    pods =
        new Informer<>(
            client.resource(Resources.PODS),
            Informer.Selection.<Pod>all().withFields("spec.nodeName=" + node.name()),
            environment);
    services =
        new Informer<>(client.resource(Resources.SERVICES), Informer.Selection.all(), environment);
    PodEvents events =
        new PodEvents(
            new EventRecorder(
                client.resource(Resources.EVENTS), "kubelet", node.name(), environment));
    ApiPodData data = new ApiPodData(client, services.lister(), environment);
    PodVolumes volumes = new PodVolumes(root, data, new PodFacts(node), environment);
    PodWork work =
        new PodWork(
            runtime,
            volumes,
            cgroups,
            node,
            data,
            new Hooks(runtime, environment, events),
            events,
            environment.clock());
    writer = new StatusWriter(client.resource(Resources.PODS), pods.lister(), environment);
    probers = new Probers(runtime, environment, new ProbeNews(events));
    controller = new Controller<>("pod", Limits.WORKERS, this::reconcile, environment);
    reconciler =
        new PodReconciler(
            pods.lister(),
            runtime,
            probers,
            work,
            writer,
            new PodStatuses(node.ips(), runtimeName),
            node,
            environment,
            controller.queue());
    controller.watching(pods, pod -> List.of(PodIdentity.of(pod)));
    controller.reading(services);
    poller = new RuntimePoller(runtime, environment, controller.queue()::add);
  }

  /** The pods that the API has bound to this node. */
  public NodePods pods() {
    return new KnownPods(pods.lister());
  }

  /** Whether the pods of this node are known. */
  public boolean hasSynced() {
    return pods.hasSynced() && services.hasSynced();
  }

  /** Begins to run pods. */
  public void start() {
    writer.start();
    controller.start();
    services.start();
    pods.start();
    // What runs is compared with what should only when both are known, or all would seem orphaned.
    pods.whenSynced(poller::start);
  }

  @Override
  public void close() {
    poller.close();
    pods.close();
    services.close();
    controller.close();
    probers.close();
    writer.close();
  }

  /** The reconciler needs the controller's queue, so it is made after the controller. */
  private Reconciler.Result reconcile(PodIdentity key) {
    return reconciler.reconcile(key);
  }

  /** What probers find: a pod to look at, or an event to write. */
  private final class ProbeNews implements Probers.Listener {

    private final PodEvents events;

    ProbeNews(PodEvents events) {
      this.events = events;
    }

    @Override
    public void verdictChanged(PodIdentity pod) {
      controller.queue().add(pod);
    }

    @Override
    public void unhealthy(PodIdentity key, Container container, String message) {
      Pod pod = pods.lister().get(key.namespace(), key.name());
      if (pod != null) {
        events.warning(pod, container, "Unhealthy", message);
      }
    }
  }
}

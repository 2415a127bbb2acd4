package dev.tiphys.controllermanager.node;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.Node;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.Taint;
import dev.tiphys.client.Client;
import dev.tiphys.client.ObjectKey;
import dev.tiphys.client.controller.Reconciler;
import dev.tiphys.client.environment.Environment;
import dev.tiphys.client.event.EventRecorder;
import dev.tiphys.client.event.EventRecorder.Type;
import dev.tiphys.client.informer.Lister;
import dev.tiphys.controllermanager.common.Absent;
import dev.tiphys.controllermanager.pod.Pods;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Deletes pods from nodes with a {@code NoExecute} taint that they do not tolerate, or no longer.
 * Keys are pods. The time that a toleration grants counts from when the taint was added, so it goes
 * on across a restart of ours.
 */
public final class TaintEvictionReconciler implements Reconciler<ObjectKey> {

  private final Lister<Pod> pods;
  private final Lister<Node> nodes;
  private final EventRecorder events;
  private final Environment environment;
  private final PodDeath death;

  /** Makes the reconciler. */
  public TaintEvictionReconciler(
      Client client,
      Lister<Pod> pods,
      Lister<Node> nodes,
      EventRecorder events,
      Environment environment) {
    this.pods = pods;
    this.nodes = nodes;
    this.events = events;
    this.environment = environment;
    this.death = new PodDeath(client.resource(Resources.PODS));
  }

  /** Whether a pod is on a node that evicts; others need not be looked at. */
  public static boolean concerns(Pod pod, Lister<Node> nodes) {
    Node node = nodes.get(ObjectKey.of("", Pods.nodeName(pod)));
    return node != null && !evicting(node).isEmpty();
  }

  private static List<Taint> evicting(Node node) {
    return node.spec() == null
        ? List.of()
        : node.spec().taints().stream()
            .filter(taint -> NodeConditions.NO_EXECUTE.equals(taint.effect()))
            .toList();
  }

  @Override
  public Result reconcile(ObjectKey key) {
    Pod pod = pods.get(key);
    if (pod == null || Pods.terminating(pod) || Pods.nodeName(pod).isEmpty()) {
      return Result.DONE;
    }
    Node node = nodes.get(ObjectKey.of("", Pods.nodeName(pod)));
    List<Taint> taints = node == null ? List.of() : evicting(node);
    Instant now = environment.clock().instant();
    Optional<Instant> deadline =
        Tolerations.deadline(Absent.never(pod.spec()).tolerations(), taints, now);
    if (deadline.isEmpty()) {
      return Result.DONE;
    }
    if (deadline.get().isAfter(now)) {
      return Result.after(Duration.between(now, deadline.get()));
    }
    events.event(
        pod, Type.NORMAL, "TaintManagerEviction", "Marking for deletion Pod " + ObjectKey.of(pod));
    death.delete(
        pod,
        new PodDeath.Cause(
            "DeletionByTaintManager", "Taint manager: deleting due to NoExecute taint"),
        false,
        now);
    return Result.DONE;
  }
}

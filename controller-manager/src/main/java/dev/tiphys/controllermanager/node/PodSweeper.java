package dev.tiphys.controllermanager.node;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.Node;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.client.Client;
import dev.tiphys.client.ObjectKey;
import dev.tiphys.client.ResourceClient;
import dev.tiphys.client.controller.Reconciler;
import dev.tiphys.client.environment.Environment;
import dev.tiphys.client.informer.Lister;
import dev.tiphys.controllermanager.Limits;
import dev.tiphys.controllermanager.pod.Pods;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Sweeps up pods that nobody looks after: bound to a node that is gone, deleted before they were
 * bound, on a node that is out of service, or ended and more than should be kept. It runs now and
 * then; its one key means all pods.
 */
public final class PodSweeper implements Reconciler<PodSweeper.Pass> {

  /** The only key. */
  public enum Pass {
    /** Look at all pods. */
    ALL
  }

  private static final String OUT_OF_SERVICE = "node.kubernetes.io/out-of-service";

  private final ResourceClient<Node> liveNodes;
  private final Lister<Pod> pods;
  private final Lister<Node> nodes;
  private final Environment environment;
  private final PodDeath death;
  private final int threshold;
  private final Map<String, Duration> missing = new HashMap<>();

  /**
   * Makes the sweeper.
   *
   * @param threshold how many ended pods are kept ({@code --terminated-pod-gc-threshold}); 0 for
   *     all
   */
  public PodSweeper(
      Client client, Lister<Pod> pods, Lister<Node> nodes, Environment environment, int threshold) {
    this.liveNodes = client.resource(Resources.NODES);
    this.pods = pods;
    this.nodes = nodes;
    this.environment = environment;
    this.death = new PodDeath(client.resource(Resources.PODS));
    this.threshold = threshold;
  }

  @Override
  public Result reconcile(Pass pass) {
    Instant now = environment.clock().instant();
    List<Pod> all = List.copyOf(pods.all());
    missing.keySet().removeIf(name -> nodes.get(ObjectKey.of("", name)) != null);
    for (Pod pod : all) {
      String nodeName = Pods.nodeName(pod);
      Node node = nodes.get(ObjectKey.of("", nodeName));
      if (nodeName.isEmpty()) {
        if (Pods.terminating(pod)) {
          death.delete(pod, null, true, now);
        }
      } else if (node == null) {
        if (gone(nodeName)) {
          death.delete(
              pod,
              new PodDeath.Cause("DeletionByPodGC", "PodGC: node no longer exists"),
              true,
              now);
        }
      } else if (Pods.terminating(pod) && outOfService(node)) {
        death.delete(pod, null, true, now);
      }
    }
    sweepEnded(all, now);
    return Result.after(Limits.POD_SWEEP);
  }

  /** A node counts as gone when it has been missing for a while and the API server says so too. */
  private boolean gone(String name) {
    Duration now = environment.uptime();
    Duration since = missing.computeIfAbsent(name, any -> now);
    return now.minus(since).compareTo(Limits.NODE_QUARANTINE) >= 0
        && liveNodes.find(name).isEmpty();
  }

  private static boolean outOfService(Node node) {
    return !NodeConditions.ready(node).equals("True")
        && node.spec() != null
        && node.spec().taints().stream().anyMatch(taint -> OUT_OF_SERVICE.equals(taint.key()));
  }

  private void sweepEnded(List<Pod> all, Instant now) {
    List<Pod> ended = all.stream().filter(Pods::ended).toList();
    int tooMany = ended.size() - threshold;
    if (threshold <= 0 || tooMany <= 0) {
      return;
    }
    ended.stream()
        .sorted(
            Comparator.comparing(
                pod -> pod.metadata().creationTimestamp(),
                Comparator.nullsFirst(Comparator.naturalOrder())))
        .limit(tooMany)
        .forEach(pod -> death.delete(pod, null, true, now));
  }
}

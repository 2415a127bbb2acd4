package dev.tiphys.controllermanager.node;

import dev.tiphys.api.Resources;
import dev.tiphys.api.coordination.v1.Lease;
import dev.tiphys.api.core.v1.Node;
import dev.tiphys.api.core.v1.NodeCondition;
import dev.tiphys.api.core.v1.NodeSpec;
import dev.tiphys.api.core.v1.NodeStatus;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodCondition;
import dev.tiphys.api.core.v1.Taint;
import dev.tiphys.client.ApiException;
import dev.tiphys.client.Client;
import dev.tiphys.client.ObjectKey;
import dev.tiphys.client.ResourceClient;
import dev.tiphys.client.controller.Reconciler;
import dev.tiphys.client.environment.Environment;
import dev.tiphys.client.environment.TokenBucket;
import dev.tiphys.client.event.EventRecorder;
import dev.tiphys.client.event.EventRecorder.Type;
import dev.tiphys.client.informer.Index;
import dev.tiphys.client.informer.Lister;
import dev.tiphys.controllermanager.Limits;
import dev.tiphys.controllermanager.common.Absent;
import dev.tiphys.controllermanager.pod.Pods;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices nodes that neither renew their Lease nor post a status, says {@code Unknown} for them,
 * and keeps the taints of all nodes in step with their conditions. Keys are nodes.
 *
 * <p>Silence is measured by our own clock, from when we saw the last sign of life. When no node is
 * ready the fault is likelier on our side, so then no pod is evicted.
 */
public final class NodeHealthReconciler implements Reconciler<ObjectKey> {

  /** Where kubelets keep their Leases. */
  public static final String LEASES = "kube-node-lease";

  private static final Logger log = LoggerFactory.getLogger(NodeHealthReconciler.class);

  private final ResourceClient<Node> nodes;
  private final ResourceClient<Pod> pods;
  private final Lister<Node> nodeLister;
  private final Lister<Lease> leases;
  private final Index<String, Pod> podsByNode;
  private final EventRecorder events;
  private final Environment environment;
  private final Duration grace;
  private final Duration startupGrace;
  private final TokenBucket evictions;
  private final Map<ObjectKey, Sign> signs = new ConcurrentHashMap<>();

  /** The last sign of life of a node, and when we saw it. */
  private record Sign(
      @Nullable String uid, @Nullable Instant status, @Nullable Instant lease, Duration at) {

    boolean same(@Nullable String otherUid, @Nullable Instant s, @Nullable Instant l) {
      return Objects.equals(uid, otherUid) && Objects.equals(status, s) && Objects.equals(lease, l);
    }
  }

  /**
   * Makes the reconciler.
   *
   * @param grace how long a node may be silent ({@code --node-monitor-grace-period})
   * @param startupGrace how long a new node may take to speak ({@code --node-startup-grace-period})
   */
  public NodeHealthReconciler(
      Client client,
      Lister<Node> nodeLister,
      Lister<Lease> leases,
      Index<String, Pod> podsByNode,
      EventRecorder events,
      Environment environment,
      Duration grace,
      Duration startupGrace) {
    this.nodes = client.resource(Resources.NODES);
    this.pods = client.resource(Resources.PODS);
    this.nodeLister = nodeLister;
    this.leases = leases;
    this.podsByNode = podsByNode;
    this.events = events;
    this.environment = environment;
    this.grace = grace;
    this.startupGrace = startupGrace;
    this.evictions = new TokenBucket(Limits.NODE_EVICTIONS_PER_SECOND, 1, environment);
  }

  @Override
  public Result reconcile(ObjectKey key) {
    Node node = nodeLister.get(key);
    if (node == null) {
      signs.remove(key);
      return Result.DONE;
    }
    Duration left = patience(key, node).minus(silence(key, node));
    if (!left.isPositive()) {
      node = saySilent(node);
    }
    Duration retry = taint(node);
    if (NodeConditions.ready(node).equals("Unknown")
        && NodeConditions.find(node, "Ready") != null) {
      podsByNode.get(key.name()).forEach(this::notReady);
    }
    if (retry.isPositive()) {
      return Result.after(retry);
    }
    return Result.after(left.isPositive() ? left : grace);
  }

  private Duration patience(ObjectKey key, Node node) {
    return NodeConditions.find(node, "Ready") == null && leases.get(LEASES, key.name()) == null
        ? startupGrace
        : grace;
  }

  private Duration silence(ObjectKey key, Node node) {
    NodeCondition ready = NodeConditions.find(node, "Ready");
    Lease lease = leases.get(LEASES, key.name());
    Instant posted = ready == null ? null : ready.lastHeartbeatTime();
    Instant renewed = lease == null || lease.spec() == null ? null : lease.spec().renewTime();
    String uid = node.metadata().uid();
    Sign known = signs.get(key);
    if (known == null || !known.same(uid, posted, renewed)) {
      known = new Sign(uid, posted, renewed, environment.uptime());
      signs.put(key, known);
    }
    return environment.uptime().minus(known.at);
  }

  private Node saySilent(Node cached) {
    if (NodeConditions.silent(cached, Instant.EPOCH).equals(conditions(cached))) {
      return cached;
    }
    // The cache leaves out parts of the status, and this writes all of it.
    Optional<Node> found = nodes.find(Absent.empty(cached.metadata().name()));
    if (found.isEmpty()) {
      return cached;
    }
    Node node = found.get();
    List<NodeCondition> silent = NodeConditions.silent(node, environment.clock().instant());
    NodeStatus status = Absent.or(node.status(), NodeStatus.builder().build());
    Node stored = nodes.updateStatus(node.withStatus(status.withConditions(silent)));
    log.warn("event=node-silent node={}", node.metadata().name());
    events.event(
        node,
        Type.NORMAL,
        "NodeNotReady",
        "Node " + node.metadata().name() + " status is now: NodeNotReady");
    return stored;
  }

  private static List<NodeCondition> conditions(Node node) {
    return node.status() == null ? List.of() : node.status().conditions();
  }

  /** Brings taints in step; returns how long to wait if an eviction has to wait its turn. */
  private Duration taint(Node node) {
    boolean anyReady =
        nodeLister.all().stream().anyMatch(each -> NodeConditions.ready(each).equals("True"));
    boolean ready = NodeConditions.ready(node).equals("True");
    boolean evict = !ready && anyReady;
    Duration wait = Duration.ZERO;
    if (evict && !NodeConditions.evicting(node) && !evictions.tryTake()) {
      evict = false;
      wait = Duration.ofMillis((long) (1000 / Limits.NODE_EVICTIONS_PER_SECOND));
    }
    Instant now = environment.clock().instant();
    List<Taint> wanted = NodeConditions.taints(node, evict, now);
    List<Taint> present = node.spec() == null ? List.of() : node.spec().taints();
    if (!wanted.equals(present)) {
      Node live = nodes.get(Absent.empty(node.metadata().name()));
      NodeSpec spec = Absent.or(live.spec(), NodeSpec.builder().build());
      List<Taint> now2 = NodeConditions.taints(live, evict, now);
      if (!now2.equals(spec.taints())) {
        nodes.update(live.withSpec(spec.withTaints(now2)));
      }
    }
    return wait;
  }

  /** Takes a pod out of service whose kubelet can no longer do it. */
  private void notReady(Pod cached) {
    if (!Pods.ready(cached)) {
      return;
    }
    ResourceClient<Pod> mine = pods.inNamespace(cached.metadata().namespace());
    Optional<Pod> found = mine.find(Absent.empty(cached.metadata().name()));
    if (found.isEmpty() || !Pods.ready(found.get())) {
      return;
    }
    Pod pod = found.get();
    Instant now = environment.clock().instant().truncatedTo(ChronoUnit.SECONDS);
    List<PodCondition> conditions = new ArrayList<>();
    for (PodCondition condition : Absent.never(pod.status()).conditions()) {
      conditions.add(
          "Ready".equals(condition.type())
              ? condition.toBuilder().status("False").lastTransitionTime(now).build()
              : condition);
    }
    try {
      mine.updateStatus(pod.withStatus(Absent.never(pod.status()).withConditions(conditions)));
    } catch (ApiException.NotFound gone) {
      log.debug("event=pod-already-gone pod={}", ObjectKey.of(pod));
      return;
    }
    events.event(pod, Type.WARNING, "NodeNotReady", "Node is not ready");
  }
}

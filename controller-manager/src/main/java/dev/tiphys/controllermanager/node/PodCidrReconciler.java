package dev.tiphys.controllermanager.node;

import dev.tiphys.api.Resources;
import dev.tiphys.api.codec.JsonWriter;
import dev.tiphys.api.core.v1.Node;
import dev.tiphys.api.core.v1.NodeSpec;
import dev.tiphys.client.Client;
import dev.tiphys.client.ObjectKey;
import dev.tiphys.client.Patch;
import dev.tiphys.client.ResourceClient;
import dev.tiphys.client.controller.Reconciler;
import dev.tiphys.client.event.EventRecorder;
import dev.tiphys.client.event.EventRecorder.Type;
import dev.tiphys.client.informer.Lister;
import dev.tiphys.controllermanager.common.Absent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives each node a part of the cluster's pod addresses. Keys are nodes.
 *
 * <p>To be run by one worker: what is taken is read from the cache, and from what it has given
 * itself and the cache does not show yet.
 */
public final class PodCidrReconciler implements Reconciler<ObjectKey> {

  private static final Logger log = LoggerFactory.getLogger(PodCidrReconciler.class);

  private final ResourceClient<Node> nodes;
  private final Lister<Node> lister;
  private final EventRecorder events;
  private final List<CidrPool> pools;
  private final Map<String, List<String>> given = new HashMap<>();

  /**
   * Makes the reconciler.
   *
   * @param ranges one or two, of different IP families, as {@code 10.244.0.0/16}
   * @param maskSize the prefix of a node's part in IPv4
   * @param maskSize6 the prefix of a node's part in IPv6
   * @throws IllegalArgumentException if a range does not hold parts of that size
   */
  public PodCidrReconciler(
      Client client,
      Lister<Node> lister,
      EventRecorder events,
      List<String> ranges,
      int maskSize,
      int maskSize6) {
    this.nodes = client.resource(Resources.NODES);
    this.lister = lister;
    this.events = events;
    this.pools =
        ranges.stream()
            .map(range -> CidrPool.of(range, range.contains(":") ? maskSize6 : maskSize))
            .toList();
  }

  @Override
  public Result reconcile(ObjectKey key) {
    Node node = lister.get(key);
    if (node == null || hasCidr(node) || given.containsKey(Absent.empty(node.metadata().uid()))) {
      return Result.DONE;
    }
    List<String> parts = new ArrayList<>();
    Set<String> taken = taken();
    for (CidrPool pool : pools) {
      Optional<String> free = pool.free(taken);
      if (free.isEmpty()) {
        events.event(
            node,
            Type.NORMAL,
            "CIDRNotAvailable",
            "Node " + key.name() + " status is now: CIDRNotAvailable");
        throw new IllegalStateException(
            "no pod addresses are left for node " + key.name() + "; widen --cluster-cidr");
      }
      parts.add(free.get());
    }
    nodes.patch(key.name(), patch(node, parts));
    given.put(Absent.empty(node.metadata().uid()), List.copyOf(parts));
    log.info("event=pod-cidr-given node={} cidrs={}", key.name(), parts);
    return Result.DONE;
  }

  private static boolean hasCidr(Node node) {
    return node.spec() != null && !Absent.empty(node.spec().podCIDR()).isEmpty();
  }

  private Set<String> taken() {
    Set<String> taken = new HashSet<>();
    Set<String> waiting = new HashSet<>();
    for (Node node : lister.all()) {
      if (!hasCidr(node)) {
        waiting.add(Absent.empty(node.metadata().uid()));
      }
      NodeSpec spec = node.spec();
      if (spec != null) {
        taken.add(Absent.empty(spec.podCIDR()));
        taken.addAll(spec.podCIDRs());
      }
    }
    // What the cache shows as given, or as gone, needs no memory of ours.
    given.keySet().retainAll(waiting);
    given.values().forEach(taken::addAll);
    return taken;
  }

  private static Patch patch(Node node, List<String> parts) {
    JsonWriter json = new JsonWriter();
    json.beginObject().name("metadata").beginObject();
    json.field("uid", String.valueOf(node.metadata().uid())).endObject();
    json.name("spec").beginObject();
    json.field("podCIDR", parts.getFirst()).name("podCIDRs").beginArray();
    parts.forEach(json::value);
    json.endArray().endObject().endObject();
    return new Patch.Merge(json.toString());
  }
}

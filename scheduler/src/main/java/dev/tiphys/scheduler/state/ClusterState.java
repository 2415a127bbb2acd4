package dev.tiphys.scheduler.state;

import dev.tiphys.api.core.v1.Node;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.PodStatus;
import dev.tiphys.client.ObjectKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Nodes and the pods on them, kept current from watches. A pod that was just placed counts at once
 * ("assumed"), before the API has confirmed it, so that the next decision sees it.
 *
 * <p>Thread-safe; it owns its lock.
 */
public final class ClusterState {

  private static final class Slot {
    @Nullable Node node;
    final Map<ObjectKey, PodSpec> pods = new HashMap<>();
    @Nullable NodeView view;
  }

  private final Map<String, Slot> slots = new TreeMap<>();
  private final Map<ObjectKey, String> places = new HashMap<>();

  /** Notes a node as it is now. */
  public synchronized void putNode(Node node) {
    Slot slot = slot(nameOf(node));
    slot.node = node;
    slot.view = null;
  }

  /** Notes that a node is gone; its pods are remembered until they go too. */
  public synchronized void removeNode(Node node) {
    String name = nameOf(node);
    Slot slot = slots.get(name);
    if (slot != null) {
      slot.node = null;
      slot.view = null;
      dropIfEmpty(name, slot);
    }
  }

  /** Notes a pod as it is now: on a node and taking resources, or not. */
  public synchronized void putPod(Pod pod) {
    PodSpec spec = pod.spec();
    String nodeName = spec == null ? null : spec.nodeName();
    ObjectKey key = ObjectKey.of(pod);
    if (spec != null && nodeName != null && !nodeName.isEmpty() && !isFinished(pod)) {
      place(key, spec, nodeName);
    } else if (isFinished(pod)) {
      forget(key);
    }
  }

  /** Notes that a pod is gone, or that its placement came to nothing. */
  public synchronized void forget(ObjectKey pod) {
    String nodeName = places.remove(pod);
    Slot slot = nodeName == null ? null : slots.get(nodeName);
    if (nodeName != null && slot != null) {
      slot.pods.remove(pod);
      slot.view = null;
      dropIfEmpty(nodeName, slot);
    }
  }

  /** Counts a pod as placed. */
  public synchronized void assume(ObjectKey pod, PodSpec spec, String nodeName) {
    place(pod, spec, nodeName);
  }

  /** All nodes as they are now, by name. */
  public synchronized List<NodeView> nodes() {
    List<NodeView> views = new ArrayList<>(slots.size());
    for (Slot slot : slots.values()) {
      Node node = slot.node;
      if (node == null) {
        continue;
      }
      NodeView view = slot.view;
      if (view == null) {
        view = NodeView.of(node, slot.pods.values());
        slot.view = view;
      }
      views.add(view);
    }
    return views;
  }

  private void place(ObjectKey key, PodSpec spec, String nodeName) {
    String before = places.get(key);
    if (before != null && !before.equals(nodeName)) {
      forget(key);
    }
    places.put(key, nodeName);
    Slot slot = slot(nodeName);
    slot.pods.put(key, spec);
    slot.view = null;
  }

  private Slot slot(String nodeName) {
    return slots.computeIfAbsent(nodeName, _ -> new Slot());
  }

  private void dropIfEmpty(String name, Slot slot) {
    if (slot.node == null && slot.pods.isEmpty()) {
      slots.remove(name);
    }
  }

  private static String nameOf(Node node) {
    String name = node.metadata().name();
    return name == null ? "" : name;
  }

  private static boolean isFinished(Pod pod) {
    PodStatus status = pod.status();
    String phase = status == null ? null : status.phase();
    return "Succeeded".equals(phase) || "Failed".equals(phase);
  }
}

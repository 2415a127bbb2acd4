package dev.tiphys.cli.node;

import dev.tiphys.cli.tree.View;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which pods of a node go, which stay, and what speaks against going on. Pure.
 *
 * @param evict those that go
 * @param warnings what the user should know
 * @param obstacles reasons not to drain, each with the pods it is about
 */
record DrainPlan(List<View> evict, List<String> warnings, List<String> obstacles) {

  private static final String MIRROR = "kubernetes.io/config.mirror";
  private static final Set<String> ENDED = Set.of("Succeeded", "Failed");

  /** What the user allows. */
  record Allowed(boolean daemonSets, boolean localData, boolean unmanaged) {}

  static DrainPlan of(List<View> pods, Allowed allowed) {
    List<View> evict = new ArrayList<>();
    Map<String, List<String>> obstacles = new LinkedHashMap<>();
    Map<String, List<String>> warnings = new LinkedHashMap<>();
    for (View pod : pods) {
      String name =
          pod.at("metadata", "namespace").text() + "/" + pod.at("metadata", "name").text();
      boolean ended = ENDED.contains(pod.at("status", "phase").text());
      String owner = controller(pod);
      if (pod.at("metadata", "annotations", MIRROR).exists()) {
        continue;
      }
      if (owner.equals("DaemonSet") && !ended) {
        note(
            allowed.daemonSets() ? warnings : obstacles,
            allowed.daemonSets()
                ? "ignoring DaemonSet-managed Pods"
                : "cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)",
            name);
        continue;
      }
      if (localData(pod) && !ended && !allowed.localData()) {
        note(
            obstacles,
            "cannot delete Pods with local storage (use --delete-emptydir-data to override)",
            name);
      }
      if (owner.isEmpty() && !ended) {
        note(
            allowed.unmanaged() ? warnings : obstacles,
            allowed.unmanaged()
                ? "deleting Pods that declare no controller"
                : "cannot delete Pods that declare no controller (use --force to override)",
            name);
      }
      evict.add(pod);
    }
    return new DrainPlan(evict, lines(warnings), lines(obstacles));
  }

  private static void note(Map<String, List<String>> notes, String what, String pod) {
    notes.computeIfAbsent(what, any -> new ArrayList<>()).add(pod);
  }

  private static List<String> lines(Map<String, List<String>> notes) {
    List<String> lines = new ArrayList<>();
    notes.forEach((what, pods) -> lines.add(what + ": " + String.join(", ", pods)));
    return lines;
  }

  private static String controller(View pod) {
    for (View owner : pod.at("metadata", "ownerReferences").items()) {
      if (owner.at("controller").flag()) {
        return owner.at("kind").text();
      }
    }
    return "";
  }

  private static boolean localData(View pod) {
    return pod.at("spec", "volumes").items().stream()
        .anyMatch(each -> each.at("emptyDir").exists());
  }
}

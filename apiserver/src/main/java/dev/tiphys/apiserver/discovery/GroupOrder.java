package dev.tiphys.apiserver.discovery;

import java.util.Comparator;
import java.util.List;

/**
 * The order of API groups in discovery: the built-in ones by upstream's priorities, others behind
 * them by name. Clients that look for a kind without its group take the first that has it.
 */
public final class GroupOrder {

  private static final List<String> BUILT_IN =
      List.of(
          "",
          "apiregistration.k8s.io",
          "apps",
          "events.k8s.io",
          "authentication.k8s.io",
          "authorization.k8s.io",
          "autoscaling",
          "batch",
          "certificates.k8s.io",
          "networking.k8s.io",
          "policy",
          "rbac.authorization.k8s.io",
          "storage.k8s.io",
          "admissionregistration.k8s.io",
          "apiextensions.k8s.io",
          "scheduling.k8s.io",
          "coordination.k8s.io",
          "node.k8s.io",
          "discovery.k8s.io",
          "resource.k8s.io",
          "flowcontrol.apiserver.k8s.io",
          "internal.apiserver.k8s.io",
          "storagemigration.k8s.io");

  private static final int HIGHEST = 18_000;
  private static final int STEP = 100;

  static final Comparator<String> BY_PRIORITY =
      Comparator.comparingInt(GroupOrder::rank).thenComparing(Comparator.naturalOrder());

  private GroupOrder() {}

  /** The priority of a built-in group in its APIServices; higher comes first. */
  public static int priority(String group) {
    return HIGHEST - STEP * rank(group);
  }

  private static int rank(String group) {
    int index = BUILT_IN.indexOf(group);
    return index < 0 ? BUILT_IN.size() : index;
  }
}

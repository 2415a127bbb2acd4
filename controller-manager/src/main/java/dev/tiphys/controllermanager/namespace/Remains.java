package dev.tiphys.controllermanager.namespace;

import dev.tiphys.api.core.v1.NamespaceCondition;
import dev.tiphys.api.core.v1.NamespaceStatus;
import dev.tiphys.controllermanager.common.Absent;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What one round of emptying a namespace has found.
 *
 * @param byResource how many objects are left, by resource ({@code pods.}, {@code
 *     deployments.apps})
 * @param byFinalizer how many objects wait for a finalizer
 * @param failures what could not be deleted, and why
 * @param discovery why not all resources are known; empty if they are
 */
record Remains(
    Map<String, Integer> byResource,
    Map<String, Integer> byFinalizer,
    List<String> failures,
    String discovery) {

  Remains() {
    this(new TreeMap<>(), new TreeMap<>(), new ArrayList<>(), "");
  }

  boolean none() {
    return byResource.isEmpty() && failures.isEmpty() && discovery.isEmpty();
  }

  /** The status that tells it, in the words that operators know. */
  NamespaceStatus status(NamespaceStatus before, Instant now) {
    List<NamespaceCondition> conditions = new ArrayList<>(before.conditions());
    put(
        conditions,
        now,
        "NamespaceDeletionDiscoveryFailure",
        !discovery.isEmpty(),
        discovery.isEmpty() ? "ResourcesDiscovered" : "DiscoveryFailed",
        discovery.isEmpty()
            ? "All resources successfully discovered"
            : "Discovery failed for some groups: " + discovery);
    put(
        conditions,
        now,
        "NamespaceDeletionGroupVersionParsingFailure",
        false,
        "ParsedGroupVersions",
        "All legacy kube types successfully parsed");
    put(
        conditions,
        now,
        "NamespaceDeletionContentFailure",
        !failures.isEmpty(),
        failures.isEmpty() ? "ContentDeleted" : "ContentDeletionFailed",
        failures.isEmpty()
            ? "All content successfully deleted, may be waiting on finalization"
            : "Failed to delete all resource types, %d remaining: %s"
                .formatted(failures.size(), String.join(", ", failures)));
    put(
        conditions,
        now,
        "NamespaceContentRemaining",
        !byResource.isEmpty(),
        byResource.isEmpty() ? "ContentRemoved" : "SomeResourcesRemain",
        byResource.isEmpty()
            ? "All content successfully removed"
            : "Some resources are remaining: "
                + counts(byResource, " has ", " resource instances"));
    put(
        conditions,
        now,
        "NamespaceFinalizersRemaining",
        !byFinalizer.isEmpty(),
        byFinalizer.isEmpty() ? "ContentHasNoFinalizers" : "SomeFinalizersRemain",
        byFinalizer.isEmpty()
            ? "All content-preserving finalizers finished"
            : "Some content in the namespace has finalizers remaining: "
                + counts(byFinalizer, " in ", " resource instances"));
    return before.withPhase("Terminating").withConditions(conditions);
  }

  private static String counts(Map<String, Integer> counts, String between, String after) {
    return counts.entrySet().stream()
        .map(each -> each.getKey() + between + each.getValue() + after)
        .collect(Collectors.joining(", "));
  }

  private static void put(
      List<NamespaceCondition> conditions,
      Instant now,
      String type,
      boolean holds,
      String reason,
      String message) {
    NamespaceCondition next =
        NamespaceCondition.builder()
            .type(type)
            .status(holds ? "True" : "False")
            .reason(reason)
            .message(message)
            .lastTransitionTime(now.truncatedTo(ChronoUnit.SECONDS))
            .build();
    for (int i = 0; i < conditions.size(); i++) {
      NamespaceCondition known = conditions.get(i);
      if (type.equals(known.type())) {
        boolean same = Absent.empty(known.status()).equals(next.status());
        conditions.set(i, same ? next.withLastTransitionTime(known.lastTransitionTime()) : next);
        return;
      }
    }
    conditions.add(next);
  }
}

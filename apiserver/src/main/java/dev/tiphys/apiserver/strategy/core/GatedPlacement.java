package dev.tiphys.apiserver.strategy.core;

import dev.tiphys.api.core.v1.Affinity;
import dev.tiphys.api.core.v1.NodeAffinity;
import dev.tiphys.api.core.v1.NodeSelectorTerm;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a pod that is not scheduled yet, for it has gates, may be told to run: on fewer nodes than
 * before, never on others. Pure.
 */
final class GatedPlacement {

  private static final Path SELECTOR = Path.of("spec", "nodeSelector");
  private static final Path TERMS =
      Path.of(
          "spec",
          "affinity",
          "nodeAffinity",
          "requiredDuringSchedulingIgnoredDuringExecution",
          "nodeSelectorTerms");

  private GatedPlacement() {}

  /** The spec with the nodes that it chooses put back, and what is wrong with how they changed. */
  static PodSpec restore(PodSpec spec, PodSpec before, FieldErrors errors) {
    for (Map.Entry<String, String> had : before.nodeSelector().entrySet()) {
      if (!had.getValue().equals(spec.nodeSelector().get(had.getKey()))) {
        errors.invalid(
            SELECTOR,
            spec.nodeSelector(),
            "only additions to spec.nodeSelector are allowed (no mutations or deletions)");
        break;
      }
    }
    NodeAffinity now = nodes(spec);
    NodeAffinity had = nodes(before);
    checkTerms(terms(now), terms(had), errors);
    return spec.toBuilder()
        .nodeSelector(before.nodeSelector())
        .affinity(Objects.equals(now, had) ? spec.affinity() : withNodes(spec, before, had))
        .build();
  }

  /** An affinity that came only to name nodes goes with them. */
  private static @Nullable Affinity withNodes(
      PodSpec spec, PodSpec before, @Nullable NodeAffinity nodes) {
    Affinity restored =
        Objects.requireNonNullElse(spec.affinity(), Affinity.EMPTY).withNodeAffinity(nodes);
    return before.affinity() == null && restored.equals(Affinity.EMPTY) ? null : restored;
  }

  private static @Nullable NodeAffinity nodes(PodSpec spec) {
    return spec.affinity() == null ? null : spec.affinity().nodeAffinity();
  }

  private static List<NodeSelectorTerm> terms(@Nullable NodeAffinity affinity) {
    var required =
        affinity == null ? null : affinity.requiredDuringSchedulingIgnoredDuringExecution();
    return required == null ? List.of() : required.nodeSelectorTerms();
  }

  /** A pod that runs where any of the terms holds would run elsewhere with one more. */
  private static void checkTerms(
      List<NodeSelectorTerm> terms, List<NodeSelectorTerm> had, FieldErrors errors) {
    if (had.isEmpty()) {
      return;
    }
    if (terms.size() != had.size()) {
      errors.invalid(
          TERMS, terms, "no additions/deletions to non-empty NodeSelectorTerms list are allowed");
      return;
    }
    for (int i = 0; i < terms.size(); i++) {
      NodeSelectorTerm term = terms.get(i);
      NodeSelectorTerm old = had.get(i);
      boolean matchedNothing = old.matchExpressions().isEmpty() && old.matchFields().isEmpty();
      boolean narrower =
          matchedNothing
              ? term.equals(old)
              : beginsWith(term.matchExpressions(), old.matchExpressions())
                  && beginsWith(term.matchFields(), old.matchFields());
      if (!narrower) {
        errors.invalid(
            TERMS.index(i), term, "only additions are allowed (no mutations or deletions)");
      }
    }
  }

  private static boolean beginsWith(List<?> list, List<?> start) {
    return list.size() >= start.size() && list.subList(0, start.size()).equals(start);
  }
}

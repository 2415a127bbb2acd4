package dev.tiphys.apiserver.strategy.workload;

import dev.tiphys.api.core.v1.Affinity;
import dev.tiphys.api.core.v1.PodAffinityTerm;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.WeightedPodAffinityTerm;
import dev.tiphys.api.meta.v1.LabelSelector;
import dev.tiphys.api.meta.v1.LabelSelectorRequirement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a pod says of the pods that are like itself: it names keys, and what it has under them
 * itself when it is made is written into its selectors, so that schedulers need to know selectors
 * only. Pure.
 */
public final class OwnLabels {

  private OwnLabels() {}

  /** A new pod's spec with selectors that say what its keys stand for. */
  public static PodSpec merged(PodSpec spec, Map<String, String> labels) {
    PodSpec spread =
        spec.withTopologySpreadConstraints(
            spec.topologySpreadConstraints().stream()
                .map(constraint ->
                    constraint.withLabelSelector(
                        merged(
                            constraint.labelSelector(),
                            constraint.matchLabelKeys(),
                            List.of(),
                            labels)))
                .toList());
    Affinity affinity = spread.affinity();
    return affinity == null ? spread : spread.withAffinity(merged(affinity, labels));
  }

  private static Affinity merged(Affinity affinity, Map<String, String> labels) {
    Affinity merged = affinity;
    var near = affinity.podAffinity();
    if (near != null) {
      merged =
          merged.withPodAffinity(
              near.withRequiredDuringSchedulingIgnoredDuringExecution(
                      terms(near.requiredDuringSchedulingIgnoredDuringExecution(), labels))
                  .withPreferredDuringSchedulingIgnoredDuringExecution(
                      wishes(near.preferredDuringSchedulingIgnoredDuringExecution(), labels)));
    }
    var far = affinity.podAntiAffinity();
    if (far != null) {
      merged =
          merged.withPodAntiAffinity(
              far.withRequiredDuringSchedulingIgnoredDuringExecution(
                      terms(far.requiredDuringSchedulingIgnoredDuringExecution(), labels))
                  .withPreferredDuringSchedulingIgnoredDuringExecution(
                      wishes(far.preferredDuringSchedulingIgnoredDuringExecution(), labels)));
    }
    return merged;
  }

  private static List<PodAffinityTerm> terms(
      List<PodAffinityTerm> terms, Map<String, String> labels) {
    return terms.stream().map(term -> merged(term, labels)).toList();
  }

  private static List<WeightedPodAffinityTerm> wishes(
      List<WeightedPodAffinityTerm> wishes, Map<String, String> labels) {
    return wishes.stream()
        .map(wish ->
            wish.podAffinityTerm() == null
                ? wish
                : wish.withPodAffinityTerm(merged(wish.podAffinityTerm(), labels)))
        .toList();
  }

  private static PodAffinityTerm merged(PodAffinityTerm term, Map<String, String> labels) {
    return term.withLabelSelector(
        merged(term.labelSelector(), term.matchLabelKeys(), term.mismatchLabelKeys(), labels));
  }

  /** A selector that is absent selects nothing, and still does. */
  private static @Nullable LabelSelector merged(
      @Nullable LabelSelector selector,
      List<String> same,
      List<String> other,
      Map<String, String> labels) {
    if (selector == null || same.isEmpty() && other.isEmpty()) {
      return selector;
    }
    List<LabelSelectorRequirement> terms = new ArrayList<>(selector.matchExpressions());
    add(same, "In", labels, terms);
    add(other, "NotIn", labels, terms);
    return selector.withMatchExpressions(terms);
  }

  private static void add(
      List<String> keys,
      String operator,
      Map<String, String> labels,
      List<LabelSelectorRequirement> terms) {
    for (String key : keys) {
      String value = labels.get(key);
      if (value != null) {
        terms.add(
            LabelSelectorRequirement.builder()
                .key(key)
                .operator(operator)
                .values(List.of(value))
                .build());
      }
    }
  }
}

package dev.tiphys.apiserver.strategy.workload;

import dev.tiphys.api.core.v1.Affinity;
import dev.tiphys.api.core.v1.NodeSelectorTerm;
import dev.tiphys.api.core.v1.PodAffinityTerm;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.TopologySpreadConstraint;
import dev.tiphys.api.core.v1.WeightedPodAffinityTerm;
import dev.tiphys.api.meta.v1.LabelSelector;
import dev.tiphys.api.meta.v1.LabelSelectorRequirement;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.names.LabelNames;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.NodeSelectors;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is wrong with where a pod wants to run: affinities, spreading, gates. Pure. */
final class PlacementValidation {

  private PlacementValidation() {}

  static void validate(PodSpec spec, Path path, FieldErrors errors) {
    if (spec.affinity() != null) {
      validateAffinity(spec.affinity(), path.child("affinity"), errors);
    }
    Set<List<String>> seen = new HashSet<>();
    for (int i = 0; i < spec.topologySpreadConstraints().size(); i++) {
      TopologySpreadConstraint constraint = spec.topologySpreadConstraints().get(i);
      Path at = path.child("topologySpreadConstraints").index(i);
      validateSpread(constraint, at, errors);
      String key = String.valueOf(constraint.topologyKey());
      String when = String.valueOf(constraint.whenUnsatisfiable());
      if (!seen.add(List.of(key, when))) {
        errors.duplicate(
            at.child("{topologyKey, whenUnsatisfiable}"), "{" + key + ", " + when + "}");
      }
    }
    Set<String> gates = new HashSet<>();
    for (int i = 0; i < spec.schedulingGates().size(); i++) {
      String name = spec.schedulingGates().get(i).name();
      Path at = path.child("schedulingGates").index(i);
      Checks.qualifiedName(name, at, errors);
      if (!gates.add(String.valueOf(name))) {
        errors.duplicate(at, name);
      }
    }
    for (int i = 0; i < spec.readinessGates().size(); i++) {
      String type = String.valueOf(spec.readinessGates().get(i).conditionType());
      errors.invalid(
          path.child("readinessGates").index(i).child("conditionType"), type, LabelNames.key(type));
    }
  }

  private static void validateSpread(
      TopologySpreadConstraint constraint, Path path, FieldErrors errors) {
    Checks.positive(
        Objects.requireNonNullElse(constraint.maxSkew(), 0), path.child("maxSkew"), errors);
    if (constraint.topologyKey() == null || constraint.topologyKey().isEmpty()) {
      errors.required(path.child("topologyKey"), "can not be empty");
    } else {
      errors.invalid(
          path.child("topologyKey"),
          constraint.topologyKey(),
          LabelNames.key(constraint.topologyKey()));
    }
    List<String> actions = List.of("DoNotSchedule", "ScheduleAnyway");
    if (!actions.contains(String.valueOf(constraint.whenUnsatisfiable()))) {
      errors.notSupported(path.child("whenUnsatisfiable"), constraint.whenUnsatisfiable(), actions);
    }
    Integer domains = constraint.minDomains();
    if (domains != null) {
      Checks.positive(domains, path.child("minDomains"), errors);
      if (!"DoNotSchedule".equals(constraint.whenUnsatisfiable())) {
        errors.invalid(
            path.child("minDomains"),
            domains,
            "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not "
                + constraint.whenUnsatisfiable());
      }
    }
    List<String> policies = List.of("Honor", "Ignore");
    Checks.oneOf(
        constraint.nodeAffinityPolicy(), policies, path.child("nodeAffinityPolicy"), errors);
    Checks.oneOf(constraint.nodeTaintsPolicy(), policies, path.child("nodeTaintsPolicy"), errors);
    validateKeys(constraint.matchLabelKeys(), List.of(), constraint.labelSelector(), path, errors);
    Checks.selector(constraint.labelSelector(), path.child("labelSelector"), errors);
  }

  /**
   * Checks keys whose values are taken from the pod itself, beside a selector, into which a pod's
   * have been written already.
   */
  private static void validateKeys(
      List<String> same,
      List<String> other,
      @Nullable LabelSelector selector,
      Path path,
      FieldErrors errors) {
    validateNames(same, selector, path.child("matchLabelKeys"), errors);
    validateNames(other, selector, path.child("mismatchLabelKeys"), errors);
    Set<String> selected = new HashSet<>();
    if (selector != null) {
      selected.addAll(selector.matchLabels().keySet());
      for (LabelSelectorRequirement term : selector.matchExpressions()) {
        String key = String.valueOf(term.key());
        if (!selected.add(key) && same.contains(key)) {
          errors.invalid(
              path.index(same.lastIndexOf(key)),
              key,
              "exists in both matchLabelKeys and labelSelector");
        }
      }
    }
    for (int i = 0; i < same.size(); i++) {
      if (other.contains(same.get(i))) {
        errors.invalid(
            path.child("matchLabelKeys").index(i),
            same.get(i),
            "exists in both matchLabelKeys and mismatchLabelKeys");
      }
    }
  }

  private static void validateNames(
      List<String> keys, @Nullable LabelSelector selector, Path path, FieldErrors errors) {
    if (!keys.isEmpty() && selector == null) {
      errors.forbidden(path, "must not be specified when labelSelector is not set");
      return;
    }
    for (int i = 0; i < keys.size(); i++) {
      errors.invalid(path.index(i), keys.get(i), LabelNames.key(keys.get(i)));
    }
  }

  private static void validateAffinity(Affinity affinity, Path path, FieldErrors errors) {
    if (affinity.nodeAffinity() != null) {
      var node = affinity.nodeAffinity();
      Path at = path.child("nodeAffinity");
      var required = node.requiredDuringSchedulingIgnoredDuringExecution();
      if (required != null) {
        NodeSelectors.validate(
            required, at.child("requiredDuringSchedulingIgnoredDuringExecution"), errors);
      }
      var preferred = node.preferredDuringSchedulingIgnoredDuringExecution();
      for (int i = 0; i < preferred.size(); i++) {
        Path term = at.child("preferredDuringSchedulingIgnoredDuringExecution").index(i);
        weight(preferred.get(i).weight(), term, errors);
        NodeSelectors.validate(
            Objects.requireNonNullElse(preferred.get(i).preference(), NodeSelectorTerm.EMPTY),
            false,
            term.child("preference"),
            errors);
      }
    }
    if (affinity.podAffinity() != null) {
      Path at = path.child("podAffinity");
      var pods = affinity.podAffinity();
      validateRequired(pods.requiredDuringSchedulingIgnoredDuringExecution(), at, errors);
      validatePreferred(pods.preferredDuringSchedulingIgnoredDuringExecution(), at, errors);
    }
    if (affinity.podAntiAffinity() != null) {
      Path at = path.child("podAntiAffinity");
      var pods = affinity.podAntiAffinity();
      validateRequired(pods.requiredDuringSchedulingIgnoredDuringExecution(), at, errors);
      validatePreferred(pods.preferredDuringSchedulingIgnoredDuringExecution(), at, errors);
    }
  }

  private static void weight(@Nullable Integer stated, Path path, FieldErrors errors) {
    int weight = Objects.requireNonNullElse(stated, 0);
    if (weight < 1 || weight > 100) {
      errors.invalid(path.child("weight"), weight, "must be in the range 1-100");
    }
  }

  private static void validateRequired(List<PodAffinityTerm> terms, Path path, FieldErrors errors) {
    for (int i = 0; i < terms.size(); i++) {
      validate(
          terms.get(i),
          path.child("requiredDuringSchedulingIgnoredDuringExecution").index(i),
          errors);
    }
  }

  private static void validatePreferred(
      List<WeightedPodAffinityTerm> terms, Path path, FieldErrors errors) {
    for (int i = 0; i < terms.size(); i++) {
      Path at = path.child("preferredDuringSchedulingIgnoredDuringExecution").index(i);
      weight(terms.get(i).weight(), at, errors);
      validate(
          Objects.requireNonNullElse(terms.get(i).podAffinityTerm(), PodAffinityTerm.EMPTY),
          at.child("podAffinityTerm"),
          errors);
    }
  }

  private static void validate(PodAffinityTerm term, Path path, FieldErrors errors) {
    Checks.selector(term.labelSelector(), path.child("labelSelector"), errors);
    Checks.selector(term.namespaceSelector(), path.child("namespaceSelector"), errors);
    for (String namespace : term.namespaces()) {
      errors.invalid(path.child("namespace"), namespace, DnsNames.label(namespace));
    }
    validateKeys(
        term.matchLabelKeys(), term.mismatchLabelKeys(), term.labelSelector(), path, errors);
    if (term.topologyKey() == null || term.topologyKey().isEmpty()) {
      errors.required(path.child("topologyKey"), "can not be empty");
    } else {
      errors.invalid(
          path.child("topologyKey"), term.topologyKey(), LabelNames.key(term.topologyKey()));
    }
  }
}

package dev.tiphys.apiserver.strategy;

import dev.tiphys.api.core.v1.NodeSelector;
import dev.tiphys.api.core.v1.NodeSelectorRequirement;
import dev.tiphys.api.core.v1.NodeSelectorTerm;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.names.LabelNames;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import java.util.List;
import java.util.function.Function;

/** What is wrong with a choice of nodes. Pure. */
public final class NodeSelectors {

  private NodeSelectors() {}

  /** Checks a selector; each of its terms alone selects nodes. */
  public static void validate(NodeSelector selector, Path path, FieldErrors errors) {
    Path terms = path.child("nodeSelectorTerms");
    if (selector.nodeSelectorTerms().isEmpty()) {
      errors.required(terms, "must have at least one node selector term");
    }
    for (int i = 0; i < selector.nodeSelectorTerms().size(); i++) {
      validate(selector.nodeSelectorTerms().get(i), true, terms.index(i), errors);
    }
  }

  /**
   * Checks a term.
   *
   * @param strict whether values must be good ones, which no node could have otherwise: where a
   *     term is only a wish, that harms nobody
   */
  public static void validate(
      NodeSelectorTerm term, boolean strict, Path path, FieldErrors errors) {
    for (int i = 0; i < term.matchExpressions().size(); i++) {
      NodeSelectorRequirement requirement = term.matchExpressions().get(i);
      Path at = path.child("matchExpressions").index(i);
      validateLabel(requirement, at, errors);
      if (strict) {
        each(requirement.values(), LabelNames::value, at.child("values"), errors);
      }
    }
    for (int i = 0; i < term.matchFields().size(); i++) {
      validateField(term.matchFields().get(i), path.child("matchFields").index(i), errors);
    }
  }

  private static void validateLabel(NodeSelectorRequirement term, Path path, FieldErrors errors) {
    Path values = path.child("values");
    switch (String.valueOf(term.operator())) {
      case "In", "NotIn" -> {
        if (term.values().isEmpty()) {
          errors.required(values, "must be specified when `operator` is 'In' or 'NotIn'");
        }
      }
      case "Exists", "DoesNotExist" -> {
        if (!term.values().isEmpty()) {
          errors.forbidden(
              values, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
        }
      }
      case "Gt", "Lt" -> {
        if (term.values().size() != 1) {
          errors.required(values, "must be specified single value when `operator` is 'Lt' or 'Gt'");
        }
      }
      default -> operator(term, path, errors);
    }
    String key = term.key() == null ? "" : term.key();
    errors.invalid(path.child("key"), key, LabelNames.key(key));
  }

  private static void validateField(NodeSelectorRequirement term, Path path, FieldErrors errors) {
    Path values = path.child("values");
    if (!List.of("In", "NotIn").contains(String.valueOf(term.operator()))) {
      operator(term, path, errors);
    } else if (term.values().size() != 1) {
      errors.required(
          values,
          "must be only one value when `operator` is 'In' or 'NotIn' for node field selector");
    }
    if ("metadata.name".equals(term.key())) {
      each(term.values(), DnsNames::subdomain, values, errors);
    } else {
      errors.invalid(path.child("key"), term.key(), "not a valid field selector key");
    }
  }

  private static void operator(NodeSelectorRequirement term, Path path, FieldErrors errors) {
    errors.invalid(path.child("operator"), term.operator(), "not a valid selector operator");
  }

  private static void each(
      List<String> values, Function<String, List<String>> faults, Path path, FieldErrors errors) {
    for (int i = 0; i < values.size(); i++) {
      errors.invalid(path.index(i), values.get(i), faults.apply(values.get(i)));
    }
  }
}

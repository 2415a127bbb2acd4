package dev.tiphys.apiserver.strategy.apps;

import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.PodTemplateSpec;
import dev.tiphys.api.meta.v1.LabelSelector;
import dev.tiphys.api.selector.LabelSelectors;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.workload.Templates;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What holds for every workload that keeps pods running. Pure. */
final class WorkloadRules {

  private WorkloadRules() {}

  /**
   * A selector that selects what the template makes, and a template whose pods are restarted.
   *
   * @param kind as messages name it: {@code StatefulSet}
   */
  static void validate(
      @Nullable LabelSelector selector,
      @Nullable PodTemplateSpec template,
      Path path,
      String kind,
      FieldErrors errors) {
    Path at = path.child("selector");
    if (selector == null) {
      errors.required(at, "");
    } else {
      Checks.selector(selector, at, errors);
      if (Checks.isEmpty(selector)) {
        errors.invalid(at, selector, "empty selector is invalid for " + lower(kind));
      }
      mustSelect(selector, Templates.labels(template), path, errors);
    }
    Templates.validate(template, path.child("template"), errors);
    mustRestart(template, path.child("template", "spec"), kind, errors);
  }

  private static String lower(String kind) {
    return kind.toLowerCase(java.util.Locale.ROOT);
  }

  private static void mustSelect(
      LabelSelector selector, Map<String, String> labels, Path path, FieldErrors errors) {
    try {
      if (!LabelSelectors.of(selector).matches(labels)) {
        errors.invalid(
            path.child("template", "metadata", "labels"),
            labels,
            "`selector` does not match template `labels`");
      }
    } catch (IllegalArgumentException _) {
      // Told of where the selector's syntax is checked.
    }
  }

  static void mustRestart(
      @Nullable PodTemplateSpec template, Path path, String kind, FieldErrors errors) {
    PodSpec pods = Templates.spec(template);
    if (pods.restartPolicy() != null) {
      Checks.oneOf(pods.restartPolicy(), List.of("Always"), path.child("restartPolicy"), errors);
    }
    if (pods.activeDeadlineSeconds() != null) {
      errors.forbidden(
          path.child("activeDeadlineSeconds"),
          "activeDeadlineSeconds in " + kind + " is not Supported");
    }
  }
}

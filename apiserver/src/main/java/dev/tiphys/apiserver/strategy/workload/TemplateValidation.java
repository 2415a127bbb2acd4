package dev.tiphys.apiserver.strategy.workload;

import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.PodTemplateSpec;
import dev.tiphys.api.meta.v1.LabelSelector;
import dev.tiphys.api.selector.LabelMatcher;
import dev.tiphys.api.selector.LabelSelectors;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is wrong with a workload's selector and pod template. Pure. */
public final class TemplateValidation {

  private TemplateValidation() {}

  /** For a workload whose pods are always restarted. */
  public static void validate(
      @Nullable LabelSelector selector,
      @Nullable PodTemplateSpec template,
      Path path,
      FieldErrors errors) {
    Path templatePath = path.child("template");
    PodTemplateSpec pods = template == null ? PodTemplateSpec.EMPTY : template;
    validateSelector(selector, pods, path, errors);
    Templates.validate(pods, templatePath, errors);
    PodSpec spec = Templates.spec(pods);
    String policy = spec.restartPolicy();
    if (policy != null && !policy.equals("Always")) {
      errors.notSupported(templatePath.child("spec", "restartPolicy"), policy, List.of("Always"));
    }
    if (spec.activeDeadlineSeconds() != null) {
      errors.forbidden(
          templatePath.child("spec", "activeDeadlineSeconds"),
          "activeDeadlineSeconds in ReplicaSet is not Supported");
    }
  }

  private static void validateSelector(
      @Nullable LabelSelector selector, PodTemplateSpec template, Path path, FieldErrors errors) {
    Path at = path.child("selector");
    if (selector == null) {
      errors.required(at, "");
      return;
    }
    if (selector.matchLabels().isEmpty() && selector.matchExpressions().isEmpty()) {
      errors.invalid(at, "{}", "empty selector is invalid for deployment");
    }
    LabelMatcher matcher;
    try {
      matcher = LabelSelectors.of(selector);
    } catch (IllegalArgumentException e) {
      errors.invalid(at, selector.matchLabels(), String.valueOf(e.getMessage()));
      return;
    }
    Map<String, String> labels =
        template.metadata() == null ? Map.of() : template.metadata().labels();
    if (!matcher.matches(labels)) {
      errors.invalid(
          path.child("template", "metadata", "labels"),
          labels,
          "`selector` does not match template `labels`");
    }
  }

  /** A selector names the pods of a workload for ever. */
  public static void validateSelectorUnchanged(
      @Nullable LabelSelector selector,
      @Nullable LabelSelector old,
      Path path,
      FieldErrors errors) {
    if (!Objects.equals(selector, old)) {
      errors.invalid(path.child("selector"), selector, "field is immutable");
    }
  }

  /** Counts must not be negative. */
  public static void validateCount(@Nullable Integer count, Path path, FieldErrors errors) {
    if (count != null && count < 0) {
      errors.invalid(path, count, "must be greater than or equal to 0");
    }
  }
}

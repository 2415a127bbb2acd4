package dev.tiphys.apiserver.strategy.autoscaling;

import dev.tiphys.api.autoscaling.v2.CrossVersionObjectReference;
import dev.tiphys.api.autoscaling.v2.HPAScalingPolicy;
import dev.tiphys.api.autoscaling.v2.HPAScalingRules;
import dev.tiphys.api.autoscaling.v2.HorizontalPodAutoscaler;
import dev.tiphys.api.autoscaling.v2.HorizontalPodAutoscalerBehavior;
import dev.tiphys.api.autoscaling.v2.HorizontalPodAutoscalerSpec;
import dev.tiphys.api.autoscaling.v2.MetricSpec;
import dev.tiphys.api.autoscaling.v2.MetricTarget;
import dev.tiphys.api.autoscaling.v2.ResourceMetricSource;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rules of HorizontalPodAutoscaler. */
public final class AutoscalerRules {

  private static final Path SPEC = Path.of("spec");
  private static final int DEFAULT_CPU_PERCENT = 80;
  private static final int LONGEST_PERIOD_SECONDS = 1800;
  private static final int LONGEST_WINDOW_SECONDS = 3600;

  private AutoscalerRules() {}

  /** The rules. */
  public static Strategy<HorizontalPodAutoscaler> rules() {
    return KindRules.<HorizontalPodAutoscaler>builder()
        .defaults(AutoscalerRules::fill)
        .validate(AutoscalerRules::validate)
        .generations(false)
        .build();
  }

  private static HorizontalPodAutoscaler fill(HorizontalPodAutoscaler object) {
    HorizontalPodAutoscalerSpec spec = object.spec();
    if (spec == null) {
      return object;
    }
    HorizontalPodAutoscalerSpec.Builder filled = spec.toBuilder();
    if (spec.minReplicas() == null) {
      filled.minReplicas(1);
    }
    if (spec.metrics().isEmpty()) {
      filled.metrics(List.of(cpu()));
    }
    HorizontalPodAutoscalerBehavior behavior = spec.behavior();
    if (behavior != null) {
      filled.behavior(
          behavior.toBuilder()
              .scaleUp(up(behavior.scaleUp()))
              .scaleDown(down(behavior.scaleDown()))
              .build());
    }
    return object.withSpec(filled.build());
  }

  private static MetricSpec cpu() {
    return MetricSpec.builder()
        .type("Resource")
        .resource(
            ResourceMetricSource.builder()
                .name("cpu")
                .target(
                    MetricTarget.builder()
                        .type("Utilization")
                        .averageUtilization(DEFAULT_CPU_PERCENT)
                        .build())
                .build())
        .build();
  }

  private static HPAScalingRules up(@Nullable HPAScalingRules stated) {
    HPAScalingRules rules = Objects.requireNonNullElse(stated, HPAScalingRules.EMPTY);
    return rules.toBuilder()
        .stabilizationWindowSeconds(
            Objects.requireNonNullElse(rules.stabilizationWindowSeconds(), 0))
        .selectPolicy(Objects.requireNonNullElse(rules.selectPolicy(), "Max"))
        .policies(
            rules.policies().isEmpty()
                ? List.of(policy("Pods", 4), policy("Percent", 100))
                : rules.policies())
        .build();
  }

  private static HPAScalingRules down(@Nullable HPAScalingRules stated) {
    HPAScalingRules rules = Objects.requireNonNullElse(stated, HPAScalingRules.EMPTY);
    return rules.toBuilder()
        .selectPolicy(Objects.requireNonNullElse(rules.selectPolicy(), "Max"))
        .policies(rules.policies().isEmpty() ? List.of(policy("Percent", 100)) : rules.policies())
        .build();
  }

  private static HPAScalingPolicy policy(String type, int value) {
    return HPAScalingPolicy.builder().type(type).value(value).periodSeconds(15).build();
  }

  private static void validate(HorizontalPodAutoscaler object, FieldErrors errors) {
    HorizontalPodAutoscalerSpec spec =
        Objects.requireNonNullElse(object.spec(), HorizontalPodAutoscalerSpec.EMPTY);
    Integer least = spec.minReplicas();
    if (least != null && least < 1) {
      errors.invalid(SPEC.child("minReplicas"), least, "must be greater than or equal to 1");
    }
    int most = spec.maxReplicas() == null ? 0 : spec.maxReplicas();
    Path path = SPEC.child("maxReplicas");
    if (most < 1) {
      errors.invalid(path, most, "must be greater than 0");
    }
    if (least != null && most < least) {
      errors.invalid(path, most, "must be greater than or equal to `minReplicas`");
    }
    validateReference(spec.scaleTargetRef(), SPEC.child("scaleTargetRef"), errors);
    for (int i = 0; i < spec.metrics().size(); i++) {
      validateMetric(spec.metrics().get(i), SPEC.child("metrics").index(i), errors);
    }
    if (spec.behavior() != null) {
      Path at = SPEC.child("behavior");
      validateRules(spec.behavior().scaleUp(), at.child("scaleUp"), errors);
      validateRules(spec.behavior().scaleDown(), at.child("scaleDown"), errors);
    }
  }

  private static void validateReference(
      @Nullable CrossVersionObjectReference reference, Path path, FieldErrors errors) {
    CrossVersionObjectReference target =
        Objects.requireNonNullElse(reference, CrossVersionObjectReference.EMPTY);
    Checks.present(target.kind(), path.child("kind"), errors);
    Checks.present(target.name(), path.child("name"), errors);
  }

  private static void validateRules(
      @Nullable HPAScalingRules rules, Path path, FieldErrors errors) {
    if (rules == null) {
      return;
    }
    Integer window = rules.stabilizationWindowSeconds();
    Path at = path.child("stabilizationWindowSeconds");
    Checks.notNegative(window, at, errors);
    if (window != null && window > LONGEST_WINDOW_SECONDS) {
      errors.invalid(at, window, "must be less than or equal to " + LONGEST_WINDOW_SECONDS);
    }
    Checks.oneOf(
        rules.selectPolicy(),
        List.of("Disabled", "Max", "Min"),
        path.child("selectPolicy"),
        errors);
    if (rules.policies().isEmpty()) {
      errors.required(path.child("policies"), "must specify at least one Policy");
    }
    for (int i = 0; i < rules.policies().size(); i++) {
      HPAScalingPolicy policy = rules.policies().get(i);
      Path where = path.child("policies").index(i);
      Checks.oneOf(
          policy.type() == null ? "" : policy.type(),
          List.of("Percent", "Pods"),
          where.child("type"),
          errors);
      Checks.positive(Objects.requireNonNullElse(policy.value(), 0), where.child("value"), errors);
      int period = Objects.requireNonNullElse(policy.periodSeconds(), 0);
      Checks.positive(period, where.child("periodSeconds"), errors);
      if (period > LONGEST_PERIOD_SECONDS) {
        errors.invalid(
            where.child("periodSeconds"),
            period,
            "must be less than or equal to " + LONGEST_PERIOD_SECONDS);
      }
    }
  }

  private static void validateMetric(MetricSpec metric, Path path, FieldErrors errors) {
    String type = metric.type();
    if (type == null || type.isEmpty()) {
      errors.required(path.child("type"), "must specify a metric source type");
      return;
    }
    List<String> types = List.of("ContainerResource", "External", "Object", "Pods", "Resource");
    if (!types.contains(type)) {
      errors.notSupported(path.child("type"), type, types);
      return;
    }
    String field = Character.toLowerCase(type.charAt(0)) + type.substring(1);
    boolean present =
        switch (type) {
          case "Object" -> metric.object() != null;
          case "Pods" -> metric.pods() != null;
          case "Resource" -> metric.resource() != null;
          case "External" -> metric.external() != null;
          default -> metric.containerResource() != null;
        };
    if (!present) {
      errors.required(path.child(field), "must populate information for the given metric source");
    }
    if (metric.object() != null) {
      Path at = path.child("object");
      validateReference(metric.object().describedObject(), at.child("describedObject"), errors);
      validateName(metric.object().metric(), at, errors);
      validateTarget(metric.object().target(), at.child("target"), false, errors);
    }
    if (metric.pods() != null) {
      Path at = path.child("pods");
      validateName(metric.pods().metric(), at, errors);
      validateTarget(metric.pods().target(), at.child("target"), false, errors);
    }
    if (metric.external() != null) {
      Path at = path.child("external");
      validateName(metric.external().metric(), at, errors);
      validateTarget(metric.external().target(), at.child("target"), false, errors);
    }
    if (metric.resource() != null) {
      Path at = path.child("resource");
      Checks.present(metric.resource().name(), at.child("name"), errors);
      validateTarget(metric.resource().target(), at.child("target"), true, errors);
    }
    if (metric.containerResource() != null) {
      Path at = path.child("containerResource");
      Checks.present(metric.containerResource().name(), at.child("name"), errors);
      Checks.present(metric.containerResource().container(), at.child("container"), errors);
      validateTarget(metric.containerResource().target(), at.child("target"), true, errors);
    }
  }

  private static void validateName(
      dev.tiphys.api.autoscaling.v2.@Nullable MetricIdentifier metric,
      Path path,
      FieldErrors errors) {
    Checks.present(metric == null ? null : metric.name(), path.child("metric", "name"), errors);
  }

  private static void validateTarget(
      @Nullable MetricTarget stated, Path path, boolean resource, FieldErrors errors) {
    MetricTarget target = Objects.requireNonNullElse(stated, MetricTarget.EMPTY);
    String type = target.type() == null ? "" : target.type();
    if (type.isEmpty()) {
      errors.required(path.child("type"), "must specify a metric target type");
    } else if (!List.of("AverageValue", "Utilization", "Value").contains(type)) {
      errors.invalid(
          path.child("type"), type, "must be either Utilization, Value, or AverageValue");
    }
    if (target.value() != null && target.value().signum() <= 0) {
      errors.invalid(path.child("value"), target.value(), "must be positive");
    }
    if (target.averageValue() != null && target.averageValue().signum() <= 0) {
      errors.invalid(path.child("averageValue"), target.averageValue(), "must be positive");
    }
    if (target.averageUtilization() != null && target.averageUtilization() < 1) {
      errors.invalid(
          path.child("averageUtilization"), target.averageUtilization(), "must be greater than 0");
    }
    if (resource && target.averageUtilization() == null && target.averageValue() == null) {
      errors.required(
          path.child("averageUtilization"),
          "must set either a target raw value or a target utilization");
    } else if (resource && target.averageUtilization() != null && target.averageValue() != null) {
      errors.forbidden(
          path.child("averageValue"),
          "may not set both a target raw value and a target utilization");
    } else if (!resource && target.value() == null && target.averageValue() == null) {
      errors.required(path.child("averageValue"), "must set either a target value or averageValue");
    }
  }
}

package dev.tiphys.apiserver.strategy.autoscaling;

import dev.tiphys.api.autoscaling.v2.ContainerResourceMetricSource;
import dev.tiphys.api.autoscaling.v2.CrossVersionObjectReference;
import dev.tiphys.api.autoscaling.v2.ExternalMetricSource;
import dev.tiphys.api.autoscaling.v2.HPAScalingPolicy;
import dev.tiphys.api.autoscaling.v2.HPAScalingRules;
import dev.tiphys.api.autoscaling.v2.HorizontalPodAutoscaler;
import dev.tiphys.api.autoscaling.v2.HorizontalPodAutoscalerBehavior;
import dev.tiphys.api.autoscaling.v2.HorizontalPodAutoscalerSpec;
import dev.tiphys.api.autoscaling.v2.MetricIdentifier;
import dev.tiphys.api.autoscaling.v2.MetricSpec;
import dev.tiphys.api.autoscaling.v2.MetricTarget;
import dev.tiphys.api.autoscaling.v2.ObjectMetricSource;
import dev.tiphys.api.autoscaling.v2.PodsMetricSource;
import dev.tiphys.api.autoscaling.v2.ResourceMetricSource;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.PathNames;
import dev.tiphys.apiserver.strategy.ResourceNames;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules of HorizontalPodAutoscaler. */
public final class AutoscalerRules {

  private static final Path SPEC = Path.of("spec");
  private static final Set<String> OLD =
      Set.of(
          "autoscaling.alpha.kubernetes.io/metrics",
          "autoscaling.alpha.kubernetes.io/current-metrics",
          "autoscaling.alpha.kubernetes.io/conditions",
          "autoscaling.alpha.kubernetes.io/behavior");
  private static final int DEFAULT_CPU_PERCENT = 80;
  private static final int LONGEST_PERIOD_SECONDS = 1800;
  private static final int LONGEST_WINDOW_SECONDS = 3600;

  private AutoscalerRules() {}

  /** The rules. */
  public static Strategy<HorizontalPodAutoscaler> rules() {
    return KindRules.<HorizontalPodAutoscaler>builder()
        .defaults(AutoscalerRules::fill)
        .validate(AutoscalerRules::validate)
        .validateNew((object, errors) -> validateLeast(object, 1, errors))
        .change((object, old, errors) -> validateLeast(object, isIdle(old) ? 0 : 1, errors))
        .statusChange((object, old, errors) -> {
          if (object.status() != null) {
            Path path = Path.of("status");
            Checks.notNegative(
                object.status().currentReplicas(), path.child("currentReplicas"), errors);
            Checks.notNegative(
                object.status().desiredReplicas(), path.child("desiredReplicas"), errors);
          }
        })
        .generations(false)
        .build();
  }

  /** What {@code v1} keeps in annotations has fields here. */
  private static HorizontalPodAutoscaler withoutOld(HorizontalPodAutoscaler object) {
    Map<String, String> annotations = object.metadata().annotations();
    if (annotations.keySet().stream().noneMatch(OLD::contains)) {
      return object;
    }
    Map<String, String> kept = new LinkedHashMap<>(annotations);
    kept.keySet().removeAll(OLD);
    return object.withMetadata(object.metadata().withAnnotations(kept));
  }

  private static HorizontalPodAutoscaler fill(HorizontalPodAutoscaler sent) {
    HorizontalPodAutoscaler object = withoutOld(sent);
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
    boolean wakes =
        spec.metrics().stream()
            .anyMatch(metric -> "Object".equals(metric.type()) || "External".equals(metric.type()));
    if (isIdle(object) && !wakes) {
      errors.forbidden(
          SPEC.child("metrics"),
          "must specify at least one Object or External metric to support scaling to zero"
              + " replicas");
    }
    if (spec.behavior() != null) {
      Path at = SPEC.child("behavior");
      validateRules(spec.behavior().scaleUp(), at.child("scaleUp"), errors);
      validateRules(spec.behavior().scaleDown(), at.child("scaleDown"), errors);
    }
  }

  /** Whether it may leave no replica; that may stay so, but is not newly allowed. */
  private static boolean isIdle(HorizontalPodAutoscaler object) {
    return object.spec() != null && Integer.valueOf(0).equals(object.spec().minReplicas());
  }

  private static void validateLeast(HorizontalPodAutoscaler object, int bound, FieldErrors errors) {
    Integer least = object.spec() == null ? null : object.spec().minReplicas();
    if (least != null && least < bound) {
      errors.invalid(SPEC.child("minReplicas"), least, "must be greater than or equal to " + bound);
    }
  }

  private static void validateReference(
      @Nullable CrossVersionObjectReference reference, Path path, FieldErrors errors) {
    CrossVersionObjectReference target =
        Objects.requireNonNullElse(reference, CrossVersionObjectReference.EMPTY);
    PathNames.required(target.kind(), "", path.child("kind"), errors);
    PathNames.required(target.name(), "", path.child("name"), errors);
  }

  private static void validateRules(
      @Nullable HPAScalingRules rules, Path path, FieldErrors errors) {
    if (rules == null) {
      return;
    }
    Integer window = rules.stabilizationWindowSeconds();
    Path at = path.child("stabilizationWindowSeconds");
    if (window != null && window < 0) {
      errors.invalid(at, window, "must be greater than or equal to zero");
    }
    if (window != null && window > LONGEST_WINDOW_SECONDS) {
      errors.invalid(at, window, "must be less than or equal to " + LONGEST_WINDOW_SECONDS);
    }
    Checks.oneOf(
        rules.selectPolicy(),
        List.of("Disabled", "Max", "Min"),
        path.child("selectPolicy"),
        errors);
    if (rules.tolerance() != null && rules.tolerance().signum() < 0) {
      errors.invalid(path.child("tolerance"), rules.tolerance().toString(), FieldError.NEGATIVE);
    }
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
      int value = Objects.requireNonNullElse(policy.value(), 0);
      int period = Objects.requireNonNullElse(policy.periodSeconds(), 0);
      if (value <= 0) {
        errors.invalid(where.child("value"), value, "must be greater than zero");
      }
      if (period <= 0) {
        errors.invalid(where.child("periodSeconds"), period, "must be greater than zero");
      }
      if (period > LONGEST_PERIOD_SECONDS) {
        errors.invalid(
            where.child("periodSeconds"),
            period,
            "must be less than or equal to " + LONGEST_PERIOD_SECONDS);
      }
    }
  }

  /** Of the five sources one is given, that which the type names. */
  private static void validateMetric(MetricSpec metric, Path path, FieldErrors errors) {
    String type = metric.type() == null ? "" : metric.type();
    List<String> types = List.of("ContainerResource", "External", "Object", "Pods", "Resource");
    if (type.isEmpty()) {
      errors.required(path.child("type"), "must specify a metric source type");
    }
    if (!types.contains(type)) {
      errors.notSupported(path.child("type"), type, types);
    }
    List<String> given = new ArrayList<>();
    for (String source : List.of("object", "external", "pods", "resource", "containerResource")) {
      if (metric.get(Objects.requireNonNull(metric.structType().field(source)).index()) != null) {
        given.add(source);
        if (given.size() == 1) {
          validateSource(metric, source, path.child(source), errors);
        }
      }
    }
    String named = type.isEmpty() ? "" : Character.toLowerCase(type.charAt(0)) + type.substring(1);
    if (types.contains(type) && !given.contains(named)) {
      errors.required(path.child(named), "must populate information for the given metric source");
    }
    if (given.size() != 1) {
      given.remove(named);
      given.forEach(source ->
          errors.forbidden(path.child(source), "must populate the given metric source only"));
    }
  }

  private static void validateSource(
      MetricSpec metric, String source, Path path, FieldErrors errors) {
    Path target = path.child("target");
    switch (source) {
      case "object" -> {
        ObjectMetricSource object = Objects.requireNonNull(metric.object());
        validateReference(object.describedObject(), path.child("describedObject"), errors);
        validateName(object.metric(), path, errors);
        MetricTarget aim = validateTarget(object.target(), target, errors);
        if (aim.value() == null && aim.averageValue() == null) {
          errors.required(
              target.child("averageValue"), "must set either a target value or averageValue");
        }
      }
      case "external" -> {
        ExternalMetricSource external = Objects.requireNonNull(metric.external());
        validateName(external.metric(), path, errors);
        MetricTarget aim = validateTarget(external.target(), target, errors);
        if (aim.value() == null && aim.averageValue() == null) {
          errors.required(
              target.child("averageValue"),
              "must set either a target value for metric or a per-pod target");
        } else if (aim.value() != null && aim.averageValue() != null) {
          errors.forbidden(
              target.child("value"),
              "may not set both a target value for metric and a per-pod target");
        }
      }
      case "pods" -> {
        PodsMetricSource pods = Objects.requireNonNull(metric.pods());
        validateName(pods.metric(), path, errors);
        if (validateTarget(pods.target(), target, errors).averageValue() == null) {
          errors.required(
              target.child("averageValue"), "must specify a positive target averageValue");
        }
      }
      case "resource" -> {
        ResourceMetricSource resource = Objects.requireNonNull(metric.resource());
        validateResource(resource.name(), resource.target(), path, errors);
      }
      default -> {
        ContainerResourceMetricSource container =
            Objects.requireNonNull(metric.containerResource());
        Path at = path.child("container");
        if (container.name() != null && !container.name().isEmpty()) {
          ResourceNames.checkOfContainers(container.name(), path.child("name"), errors);
        }
        if (container.container() == null || container.container().isEmpty()) {
          errors.required(at, "must specify a container");
        } else {
          errors.invalid(at, container.container(), DnsNames.label(container.container()));
        }
        validateResource(container.name(), container.target(), path, errors);
      }
    }
  }

  private static void validateResource(
      @Nullable String name, @Nullable MetricTarget stated, Path path, FieldErrors errors) {
    if (name == null || name.isEmpty()) {
      errors.required(path.child("name"), "must specify a resource name");
    }
    Path target = path.child("target");
    MetricTarget aim = validateTarget(stated, target, errors);
    if (aim.averageUtilization() == null && aim.averageValue() == null) {
      errors.required(
          target.child("averageUtilization"),
          "must set either a target raw value or a target utilization");
    } else if (aim.averageUtilization() != null && aim.averageValue() != null) {
      errors.forbidden(
          target.child("averageValue"),
          "may not set both a target raw value and a target utilization");
    }
  }

  private static void validateName(
      @Nullable MetricIdentifier metric, Path path, FieldErrors errors) {
    PathNames.required(
        metric == null ? null : metric.name(),
        "must specify a metric name",
        path.child("metric", "name"),
        errors);
  }

  private static MetricTarget validateTarget(
      @Nullable MetricTarget stated, Path path, FieldErrors errors) {
    MetricTarget target = Objects.requireNonNullElse(stated, MetricTarget.EMPTY);
    String type = target.type() == null ? "" : target.type();
    if (type.isEmpty()) {
      errors.required(path.child("type"), "must specify a metric target type");
    }
    if (!List.of("AverageValue", "Utilization", "Value").contains(type)) {
      errors.invalid(
          path.child("type"), type, "must be either Utilization, Value, or AverageValue");
    }
    if (target.value() != null && target.value().signum() <= 0) {
      errors.invalid(path.child("value"), target.value().toString(), "must be positive");
    }
    if (target.averageValue() != null && target.averageValue().signum() <= 0) {
      errors.invalid(
          path.child("averageValue"), target.averageValue().toString(), "must be positive");
    }
    if (target.averageUtilization() != null && target.averageUtilization() < 1) {
      errors.invalid(
          path.child("averageUtilization"), target.averageUtilization(), "must be greater than 0");
    }
    return target;
  }
}

package dev.tiphys.apiserver.conversion;

import dev.tiphys.api.Resources;
import dev.tiphys.api.autoscaling.v1.CrossVersionObjectReference;
import dev.tiphys.api.autoscaling.v2.HorizontalPodAutoscaler;
import dev.tiphys.api.autoscaling.v2.HorizontalPodAutoscalerBehavior;
import dev.tiphys.api.autoscaling.v2.HorizontalPodAutoscalerCondition;
import dev.tiphys.api.autoscaling.v2.HorizontalPodAutoscalerSpec;
import dev.tiphys.api.autoscaling.v2.HorizontalPodAutoscalerStatus;
import dev.tiphys.api.autoscaling.v2.MetricSpec;
import dev.tiphys.api.autoscaling.v2.MetricStatus;
import dev.tiphys.api.autoscaling.v2.MetricTarget;
import dev.tiphys.api.autoscaling.v2.MetricValueStatus;
import dev.tiphys.api.autoscaling.v2.ResourceMetricSource;
import dev.tiphys.api.autoscaling.v2.ResourceMetricStatus;
import dev.tiphys.api.codec.DecodeException;
import dev.tiphys.api.codec.DecodeOptions.Strictness;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.StructType;
import dev.tiphys.apiserver.resource.ServedResource.Conversion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Autoscalers of {@code autoscaling/v1}, which know one measure only, the use of CPU. What else an
 * autoscaler of {@code v2} has stands in annotations there, so that nothing is lost on the way.
 */
final class AutoscalerConversion {

  private static final String PREFIX = "autoscaling.alpha.kubernetes.io/";
  private static final String METRICS = PREFIX + "metrics";
  private static final String CURRENT_METRICS = PREFIX + "current-metrics";
  private static final String CONDITIONS = PREFIX + "conditions";
  private static final String BEHAVIOR = PREFIX + "behavior";

  private AutoscalerConversion() {}

  static Conversion<dev.tiphys.api.autoscaling.v1.HorizontalPodAutoscaler, HorizontalPodAutoscaler>
      conversion() {
    return new Conversion<>(
        Resources.HORIZONTAL_POD_AUTOSCALERS_V2,
        AutoscalerConversion::toV2,
        AutoscalerConversion::toV1);
  }

  static HorizontalPodAutoscaler toV2(
      dev.tiphys.api.autoscaling.v1.HorizontalPodAutoscaler object) {
    Map<String, String> annotations = new LinkedHashMap<>(object.metadata().annotations());
    String metricsText = annotations.remove(METRICS);
    String currentText = annotations.remove(CURRENT_METRICS);
    String conditionsText = annotations.remove(CONDITIONS);
    String behaviorText = annotations.remove(BEHAVIOR);
    HorizontalPodAutoscaler.Builder made =
        HorizontalPodAutoscaler.builder().metadata(with(object.metadata(), annotations));
    var spec = object.spec();
    if (spec != null) {
      List<MetricSpec> metrics =
          new ArrayList<>(
              list(
                  metricsText,
                  tree -> AutoscalerAnnotations.fresh(tree, false),
                  HorizontalPodAutoscalerSpec.TYPE,
                  "metrics"));
      if (spec.targetCPUUtilizationPercentage() != null) {
        metrics.add(cpu(spec.targetCPUUtilizationPercentage()));
      }
      made.spec(
          HorizontalPodAutoscalerSpec.builder()
              .scaleTargetRef(reference(spec.scaleTargetRef()))
              .minReplicas(spec.minReplicas())
              .maxReplicas(spec.maxReplicas())
              .metrics(metrics)
              .behavior(
                  (HorizontalPodAutoscalerBehavior)
                      read(
                          behaviorText,
                          AutoscalerAnnotations::uncapitalized,
                          HorizontalPodAutoscalerSpec.TYPE,
                          "behavior"))
              .build());
    }
    var status = object.status();
    if (status != null) {
      // The annotation has them all, also that which has a field, whose other value is only there.
      List<MetricStatus> metrics =
          new ArrayList<>(
              list(
                  currentText,
                  tree -> AutoscalerAnnotations.fresh(tree, true),
                  HorizontalPodAutoscalerStatus.TYPE,
                  "currentMetrics"));
      if (status.currentCPUUtilizationPercentage() != null && currentText == null) {
        metrics.add(currentCpu(status.currentCPUUtilizationPercentage()));
      }
      made.status(
          HorizontalPodAutoscalerStatus.builder()
              .observedGeneration(status.observedGeneration())
              .lastScaleTime(status.lastScaleTime())
              .currentReplicas(status.currentReplicas())
              .desiredReplicas(status.desiredReplicas())
              .currentMetrics(metrics)
              .conditions(
                  list(
                      conditionsText,
                      UnaryOperator.identity(),
                      HorizontalPodAutoscalerStatus.TYPE,
                      "conditions"))
              .build());
    }
    return made.build();
  }

  static dev.tiphys.api.autoscaling.v1.HorizontalPodAutoscaler toV1(
      HorizontalPodAutoscaler object) {
    Map<String, String> annotations = new LinkedHashMap<>(object.metadata().annotations());
    var made = dev.tiphys.api.autoscaling.v1.HorizontalPodAutoscaler.builder();
    HorizontalPodAutoscalerSpec spec = object.spec();
    if (spec != null) {
      MetricSpec cpu = spec.metrics().stream().filter(m -> use(m) != null).findFirst().orElse(null);
      List<MetricSpec> others = new ArrayList<>(spec.metrics());
      others.remove(cpu);
      write(
          annotations,
          METRICS,
          others.isEmpty() ? null : AutoscalerAnnotations.old(tree(others), false));
      write(
          annotations,
          BEHAVIOR,
          spec.behavior() == null
              ? null
              : AutoscalerAnnotations.capitalized(tree(spec.behavior())));
      made.spec(
          dev.tiphys.api.autoscaling.v1.HorizontalPodAutoscalerSpec.builder()
              .scaleTargetRef(reference(spec.scaleTargetRef()))
              .minReplicas(spec.minReplicas())
              .maxReplicas(spec.maxReplicas())
              .targetCPUUtilizationPercentage(cpu == null ? null : use(cpu))
              .build());
    }
    HorizontalPodAutoscalerStatus status = object.status();
    if (status != null) {
      MetricStatus cpu =
          status.currentMetrics().stream().filter(m -> use(m) != null).findFirst().orElse(null);
      List<MetricStatus> all = status.currentMetrics();
      List<HorizontalPodAutoscalerCondition> conditions = status.conditions();
      write(
          annotations,
          CURRENT_METRICS,
          all.isEmpty() ? null : AutoscalerAnnotations.old(tree(all), true));
      write(annotations, CONDITIONS, conditions.isEmpty() ? null : tree(conditions));
      made.status(
          dev.tiphys.api.autoscaling.v1.HorizontalPodAutoscalerStatus.builder()
              .observedGeneration(status.observedGeneration())
              .lastScaleTime(status.lastScaleTime())
              .currentReplicas(status.currentReplicas())
              .desiredReplicas(status.desiredReplicas())
              .currentCPUUtilizationPercentage(cpu == null ? null : use(cpu))
              .build());
    }
    return made.metadata(with(object.metadata(), annotations)).build();
  }

  private static ObjectMeta with(ObjectMeta metadata, Map<String, String> annotations) {
    return annotations.equals(metadata.annotations())
        ? metadata
        : metadata.withAnnotations(annotations);
  }

  private static dev.tiphys.api.autoscaling.v2.@Nullable CrossVersionObjectReference reference(
      @Nullable CrossVersionObjectReference of) {
    return of == null
        ? null
        : new dev.tiphys.api.autoscaling.v2.CrossVersionObjectReference(
            of.kind(), of.name(), of.apiVersion());
  }

  private static @Nullable CrossVersionObjectReference reference(
      dev.tiphys.api.autoscaling.v2.@Nullable CrossVersionObjectReference of) {
    return of == null
        ? null
        : new CrossVersionObjectReference(of.kind(), of.name(), of.apiVersion());
  }

  private static MetricSpec cpu(int percent) {
    return MetricSpec.builder()
        .type("Resource")
        .resource(
            ResourceMetricSource.builder()
                .name("cpu")
                .target(
                    MetricTarget.builder().type("Utilization").averageUtilization(percent).build())
                .build())
        .build();
  }

  private static MetricStatus currentCpu(int percent) {
    return MetricStatus.builder()
        .type("Resource")
        .resource(
            ResourceMetricStatus.builder()
                .name("cpu")
                .current(MetricValueStatus.builder().averageUtilization(percent).build())
                .build())
        .build();
  }

  /** The percentage that v1 has a field for, or null if the metric is another. */
  private static @Nullable Integer use(MetricSpec metric) {
    ResourceMetricSource resource = metric.resource();
    return "Resource".equals(metric.type())
            && resource != null
            && "cpu".equals(resource.name())
            && resource.target() != null
        ? resource.target().averageUtilization()
        : null;
  }

  private static @Nullable Integer use(MetricStatus metric) {
    ResourceMetricStatus resource = metric.resource();
    return "Resource".equals(metric.type())
            && resource != null
            && "cpu".equals(resource.name())
            && resource.current() != null
        ? resource.current().averageUtilization()
        : null;
  }

  private static JsonTree tree(Object value) {
    return JsonTree.parse(JsonCodec.anyToString(value));
  }

  private static void write(Map<String, String> annotations, String key, @Nullable JsonTree value) {
    if (value != null) {
      annotations.put(key, value.toJson());
    }
  }

  @SuppressWarnings("unchecked") // the field's type says what its list holds
  private static <E> List<E> list(
      @Nullable String text, UnaryOperator<JsonTree> shape, StructType<?> of, String field) {
    Object value = read(text, shape, of, field);
    return value == null ? List.of() : (List<E>) value;
  }

  /** What an annotation holds; nothing if a client wrote there what cannot be read. */
  private static @Nullable Object read(
      @Nullable String text, UnaryOperator<JsonTree> shape, StructType<?> of, String name) {
    if (text == null) {
      return null;
    }
    Field field = Objects.requireNonNull(of.field(name));
    try {
      byte[] shaped = shape.apply(JsonTree.parse(text)).toJson().getBytes(StandardCharsets.UTF_8);
      return JsonCodec.decodeValue(shaped, field.type(), Strictness.IGNORE);
    } catch (DecodeException _) {
      return null;
    }
  }
}

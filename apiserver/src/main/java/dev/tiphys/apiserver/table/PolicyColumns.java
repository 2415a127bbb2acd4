package dev.tiphys.apiserver.table;

import static dev.tiphys.apiserver.table.Cells.number;
import static dev.tiphys.apiserver.table.Cells.text;

import dev.tiphys.api.Resources;
import dev.tiphys.api.autoscaling.v2.HorizontalPodAutoscaler;
import dev.tiphys.api.autoscaling.v2.HorizontalPodAutoscalerSpec;
import dev.tiphys.api.autoscaling.v2.HorizontalPodAutoscalerStatus;
import dev.tiphys.api.autoscaling.v2.MetricSpec;
import dev.tiphys.api.autoscaling.v2.MetricStatus;
import dev.tiphys.api.autoscaling.v2.MetricTarget;
import dev.tiphys.api.autoscaling.v2.MetricValueStatus;
import dev.tiphys.api.core.v1.ResourceQuota;
import dev.tiphys.api.core.v1.ResourceQuotaStatus;
import dev.tiphys.api.node.v1.RuntimeClass;
import dev.tiphys.api.policy.v1.PodDisruptionBudget;
import dev.tiphys.api.policy.v1.PodDisruptionBudgetSpec;
import dev.tiphys.api.scheduling.v1.PriorityClass;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.api.value.IntOrString;
import dev.tiphys.api.value.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Rows of what bounds and orders pods: autoscalers, budgets, quotas, classes. */
final class PolicyColumns {

  private static final int SHOWN_METRICS = 2;

  private PolicyColumns() {}

  static void addTo(Map<ResourceType<?>, Columns<?>> all) {
    all.put(
        Resources.HORIZONTAL_POD_AUTOSCALERS_V2,
        ColumnList.<HorizontalPodAutoscaler>named()
            .text("Reference", PolicyColumns::reference)
            .text("Targets", o -> targets(in(o).metrics(), of(o).currentMetrics()))
            .text(
                "MinPods",
                o -> in(o).minReplicas() == null ? Cells.UNSET : "" + in(o).minReplicas())
            .text("MaxPods", o -> number(in(o).maxReplicas()))
            .text("Replicas", o -> number(of(o).currentReplicas()))
            .age()
            .build());
    all.put(
        Resources.POD_DISRUPTION_BUDGETS,
        ColumnList.<PodDisruptionBudget>named()
            .text("Min Available", o -> share(in(o).minAvailable()))
            .text("Max Unavailable", o -> share(in(o).maxUnavailable()))
            .number(
                "Allowed Disruptions",
                o -> o.status() == null ? 0 : number(o.status().disruptionsAllowed()))
            .age()
            .build());
    all.put(
        Resources.RESOURCE_QUOTAS,
        ColumnList.<ResourceQuota>named()
            .text("Request", o -> quota(o, false))
            .text("Limit", o -> quota(o, true))
            .age()
            .build());
    all.put(
        Resources.PRIORITY_CLASSES,
        ColumnList.<PriorityClass>named()
            .number("Value", o -> number(o.value()))
            .flag("Global-Default", o -> Boolean.TRUE.equals(o.globalDefault()))
            .age()
            .text("PreemptionPolicy", o -> text(o.preemptionPolicy()))
            .build());
    all.put(
        Resources.RUNTIME_CLASSES,
        ColumnList.<RuntimeClass>named().text("Handler", o -> text(o.handler())).age().build());
  }

  private static HorizontalPodAutoscalerSpec in(HorizontalPodAutoscaler object) {
    return Objects.requireNonNullElse(object.spec(), HorizontalPodAutoscalerSpec.EMPTY);
  }

  private static HorizontalPodAutoscalerStatus of(HorizontalPodAutoscaler object) {
    return Objects.requireNonNullElse(object.status(), HorizontalPodAutoscalerStatus.EMPTY);
  }

  private static PodDisruptionBudgetSpec in(PodDisruptionBudget object) {
    return Objects.requireNonNullElse(object.spec(), PodDisruptionBudgetSpec.EMPTY);
  }

  private static String share(@Nullable IntOrString value) {
    return value == null ? "N/A" : value.toString();
  }

  private static String reference(HorizontalPodAutoscaler object) {
    var target = in(object).scaleTargetRef();
    return target == null ? "/" : text(target.kind()) + "/" + text(target.name());
  }

  private static String quota(ResourceQuota object, boolean limits) {
    ResourceQuotaStatus status =
        Objects.requireNonNullElse(object.status(), ResourceQuotaStatus.EMPTY);
    List<String> texts = new ArrayList<>();
    new TreeMap<>(status.hard())
        .forEach((name, hard) -> {
          if (name.startsWith("limits") == limits) {
            Quantity used = status.used().getOrDefault(name, Quantity.ZERO);
            texts.add(name + ": " + used + "/" + hard);
          }
        });
    return String.join(", ", texts);
  }

  private static String targets(List<MetricSpec> metrics, List<MetricStatus> current) {
    if (metrics.isEmpty()) {
      return Cells.NONE;
    }
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < Math.min(SHOWN_METRICS, metrics.size()); i++) {
      texts.add(target(metrics.get(i), i < current.size() ? current.get(i) : null));
    }
    String text = String.join(", ", texts);
    int more = metrics.size() - texts.size();
    return more > 0 ? text + " + " + more + " more..." : text;
  }

  private static String target(MetricSpec metric, @Nullable MetricStatus status) {
    return switch (text(metric.type())) {
      case "External" ->
          metric.external() == null
              ? ""
              : amounts(
                  metric.external().target(),
                  status == null || status.external() == null ? null : status.external().current());
      case "Object" ->
          metric.object() == null
              ? ""
              : amounts(
                  metric.object().target(),
                  status == null || status.object() == null ? null : status.object().current());
      case "Pods" ->
          metric.pods() == null
              ? ""
              : average(
                  metric.pods().target(),
                  status == null || status.pods() == null ? null : status.pods().current());
      case "Resource" ->
          metric.resource() == null
              ? ""
              : use(
                  text(metric.resource().name()),
                  metric.resource().target(),
                  status == null || status.resource() == null ? null : status.resource().current());
      case "ContainerResource" ->
          metric.containerResource() == null
              ? ""
              : use(
                  text(metric.containerResource().name()),
                  metric.containerResource().target(),
                  status == null || status.containerResource() == null
                      ? null
                      : status.containerResource().current());
      default -> "<unknown type>";
    };
  }

  private static String amounts(
      @Nullable MetricTarget target, @Nullable MetricValueStatus current) {
    if (target != null && target.averageValue() != null) {
      return average(target, current) + " (avg)";
    }
    Quantity value = current == null ? null : current.value();
    return known(value) + "/" + (target == null ? null : target.value());
  }

  private static String average(
      @Nullable MetricTarget target, @Nullable MetricValueStatus current) {
    Quantity value = current == null ? null : current.averageValue();
    return known(value) + "/" + (target == null ? null : target.averageValue());
  }

  private static String use(
      String name, @Nullable MetricTarget target, @Nullable MetricValueStatus current) {
    if (target != null && target.averageValue() != null) {
      return name + ": " + average(target, current);
    }
    Integer present = current == null ? null : current.averageUtilization();
    Integer wanted = target == null ? null : target.averageUtilization();
    return name
        + ": "
        + (present == null ? Cells.UNKNOWN : present + "%")
        + "/"
        + (wanted == null ? "<auto>" : wanted + "%");
  }

  private static String known(@Nullable Quantity value) {
    return value == null ? Cells.UNKNOWN : value.toString();
  }
}

package dev.tiphys.cli.describe;

import dev.tiphys.cli.print.Labels;
import dev.tiphys.cli.tree.View;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Writes deployments, replica sets and what else runs pods from a template. Pure. */
final class WorkloadPage {

  private static final String REVISION = "deployment.kubernetes.io/revision";

  private WorkloadPage() {}

  /** Writes a deployment with its replica sets. */
  static void deployment(Page page, View object, List<View> sets) {
    View spec = object.at("spec");
    View status = object.at("status");
    head(page, object);
    page.field(0, "Selector", PodTemplate.selector(spec.at("selector")));
    page.field(
        0,
        "Replicas",
        "%s desired | %s updated | %s total | %s available | %s unavailable"
            .formatted(
                spec.at("replicas").textOr("1"),
                status.at("updatedReplicas").textOr("0"),
                status.at("replicas").textOr("0"),
                status.at("availableReplicas").textOr("0"),
                status.at("unavailableReplicas").textOr("0")));
    page.field(0, "StrategyType", spec.at("strategy", "type").text());
    page.field(0, "MinReadySeconds", spec.at("minReadySeconds").textOr("0"));
    View rolling = spec.at("strategy", "rollingUpdate");
    if (rolling.exists()) {
      page.field(
          0,
          "RollingUpdateStrategy",
          rolling.at("maxUnavailable").text()
              + " max unavailable, "
              + rolling.at("maxSurge").text()
              + " max surge");
    }
    PodTemplate.describe(page, 0, spec.at("template"));
    conditions(page, status);
    String now = object.at("metadata", "annotations", REVISION).text();
    page.field(0, "OldReplicaSets", sets(sets, now, false));
    page.field(0, "NewReplicaSet", sets(sets, now, true));
  }

  private static String sets(List<View> sets, String revision, boolean current) {
    String text =
        sets.stream()
            .filter(each ->
                each.at("metadata", "annotations", REVISION).text().equals(revision) == current)
            .filter(each -> current || each.at("spec", "replicas").number(0) >= 0)
            .map(each ->
                each.at("metadata", "name").text()
                    + " ("
                    + each.at("status", "replicas").textOr("0")
                    + "/"
                    + each.at("spec", "replicas").textOr("0")
                    + " replicas created)")
            .collect(Collectors.joining(", "));
    return text.isEmpty() ? "<none>" : text;
  }

  /** Writes a replica set, or another kind with its pods counted. */
  static void replicaSet(Page page, View object, List<View> pods) {
    View spec = object.at("spec");
    page.field(0, "Name", object.at("metadata", "name").text());
    page.field(0, "Namespace", object.at("metadata", "namespace").text());
    page.field(0, "Selector", PodTemplate.selector(spec.at("selector")));
    page.labelsAndAnnotations(object);
    PodPage.controlledBy(page, object);
    page.field(
        0,
        "Replicas",
        object.at("status", "replicas").textOr("0")
            + " current / "
            + spec.at("replicas").textOr("1")
            + " desired");
    Map<String, Long> phases =
        pods.stream()
            .collect(
                Collectors.groupingBy(
                    each -> each.at("status", "phase").text(),
                    TreeMap::new,
                    Collectors.counting()));
    page.field(
        0,
        "Pods Status",
        "%d Running / %d Waiting / %d Succeeded / %d Failed"
            .formatted(
                phases.getOrDefault("Running", 0L),
                phases.getOrDefault("Pending", 0L),
                phases.getOrDefault("Succeeded", 0L),
                phases.getOrDefault("Failed", 0L)));
    PodTemplate.describe(page, 0, spec.at("template"));
    conditions(page, object.at("status"));
  }

  static void head(Page page, View object) {
    page.field(0, "Name", object.at("metadata", "name").text());
    page.field(0, "Namespace", object.at("metadata", "namespace").text());
    page.field(0, "CreationTimestamp", Page.time(object.at("metadata", "creationTimestamp")));
    page.labelsAndAnnotations(object);
  }

  static void conditions(Page page, View status) {
    if (!status.at("conditions").isEmpty()) {
      page.line(0, "Conditions:");
      page.line(1, "Type\tStatus\tReason");
      page.line(1, "----\t------\t------");
      for (View each : status.at("conditions").items()) {
        page.line(
            1,
            each.at("type").text()
                + " \t"
                + each.at("status").text()
                + "\t"
                + each.at("reason").text());
      }
    }
  }

  /** The label selector of a workload as text, for listing its pods. */
  static String podSelector(View object) {
    return Labels.selector(object.at("spec", "selector"));
  }
}

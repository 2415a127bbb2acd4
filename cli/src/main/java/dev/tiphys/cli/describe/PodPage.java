package dev.tiphys.cli.describe;

import dev.tiphys.cli.tree.View;
import java.util.List;

/** Writes a pod. Pure. */
final class PodPage {

  private PodPage() {}

  static void describe(Page page, View pod) {
    View spec = pod.at("spec");
    View status = pod.at("status");
    page.field(0, "Name", pod.at("metadata", "name").text());
    page.field(0, "Namespace", pod.at("metadata", "namespace").text());
    if (spec.at("priority").exists()) {
      page.field(0, "Priority", spec.at("priority").text());
    }
    page.fieldIfSet(0, "Priority Class Name", spec.at("priorityClassName"));
    page.fieldIfSet(0, "Service Account", spec.at("serviceAccountName"));
    String node = spec.at("nodeName").text();
    page.field(0, "Node", node.isEmpty() ? "<none>" : node + "/" + status.at("hostIP").text());
    if (status.at("startTime").exists()) {
      page.field(0, "Start Time", Page.time(status.at("startTime")));
    }
    page.labelsAndAnnotations(pod);
    if (pod.at("metadata", "deletionTimestamp").exists()) {
      page.field(
          0,
          "Status",
          "Terminating (since " + Page.time(pod.at("metadata", "deletionTimestamp")) + ")");
      page.field(
          0,
          "Termination Grace Period",
          pod.at("metadata", "deletionGracePeriodSeconds").text() + "s");
    } else {
      page.field(0, "Status", status.at("phase").text());
    }
    page.fieldIfSet(0, "Reason", status.at("reason"));
    page.fieldIfSet(0, "Message", status.at("message"));
    page.field(0, "IP", status.at("podIP").text());
    ips(page, status);
    controlledBy(page, pod);
    if (!spec.at("initContainers").isEmpty()) {
      Containers.describe(
          page,
          0,
          "Init Containers",
          spec.at("initContainers"),
          status.at("initContainerStatuses"));
    }
    Containers.describe(
        page, 0, "Containers", spec.at("containers"), status.at("containerStatuses"));
    conditions(page, status);
    PodTemplate.volumes(page, 0, spec);
    page.field(0, "QoS Class", status.at("qosClass").text());
    PodTemplate.placing(page, 0, spec);
  }

  private static void ips(Page page, View status) {
    List<View> ips = status.at("podIPs").items();
    if (ips.isEmpty()) {
      page.field(0, "IPs", "<none>");
      return;
    }
    page.line(0, "IPs:");
    ips.forEach(each -> page.field(1, "IP", each.at("ip").text()));
  }

  static void controlledBy(Page page, View object) {
    for (View owner : object.at("metadata", "ownerReferences").items()) {
      if (owner.at("controller").flag()) {
        page.field(0, "Controlled By", owner.at("kind").text() + "/" + owner.at("name").text());
      }
    }
  }

  private static void conditions(Page page, View status) {
    if (!status.at("conditions").isEmpty()) {
      page.line(0, "Conditions:");
      page.line(1, "Type\tStatus");
      status
          .at("conditions")
          .items()
          .forEach(each ->
              page.line(1, each.at("type").text() + " \t" + each.at("status").text() + " "));
    }
  }
}

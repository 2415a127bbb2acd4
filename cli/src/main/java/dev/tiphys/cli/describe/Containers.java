package dev.tiphys.cli.describe;

import dev.tiphys.cli.tree.View;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Writes containers, with their states where there are any. Pure. */
final class Containers {

  private Containers() {}

  /** Writes containers; {@code statuses} is a view of nothing for a template's. */
  static void describe(Page page, int level, String heading, View containers, View statuses) {
    page.line(level, heading + ":");
    for (View container : containers.items()) {
      String name = container.at("name").text();
      page.line(level + 1, name + ":");
      one(page, level + 2, container, statuses.with("name", name));
    }
  }

  private static void one(Page page, int level, View container, View status) {
    if (status.exists()) {
      page.field(level, "Container ID", status.at("containerID").text());
    }
    page.field(level, "Image", container.at("image").text());
    if (status.exists()) {
      page.field(level, "Image ID", status.at("imageID").text());
    }
    ports(page, level, container);
    lines(page, level, "Command", container.at("command"));
    lines(page, level, "Args", container.at("args"));
    if (status.exists()) {
      state(page, level, "State", status.at("state"));
      if (!status.at("lastState").isEmpty()) {
        state(page, level, "Last State", status.at("lastState"));
      }
      page.field(level, "Ready", status.at("ready").flag() ? "True" : "False");
      page.field(level, "Restart Count", status.at("restartCount").textOr("0"));
    }
    resources(page, level, container);
    probe(page, level, "Liveness", container.at("livenessProbe"));
    probe(page, level, "Readiness", container.at("readinessProbe"));
    probe(page, level, "Startup", container.at("startupProbe"));
    environment(page, level, container);
    mounts(page, level, container);
  }

  private static void ports(Page page, int level, View container) {
    List<View> ports = container.at("ports").items();
    String inside = ports.stream().map(each -> port(each, "containerPort")).collect(joined());
    String outside = ports.stream().map(each -> port(each, "hostPort")).collect(joined());
    page.field(level, ports.size() > 1 ? "Ports" : "Port", inside.isEmpty() ? "<none>" : inside);
    page.field(
        level,
        ports.size() > 1 ? "Host Ports" : "Host Port",
        outside.isEmpty() ? "<none>" : outside);
  }

  private static String port(View port, String number) {
    String name = port.at("name").text();
    return port.at(number).textOr("0")
        + "/"
        + port.at("protocol").textOr("TCP")
        + (name.isEmpty() ? "" : " (" + name + ")");
  }

  private static java.util.stream.Collector<CharSequence, ?, String> joined() {
    return Collectors.joining(", ");
  }

  private static void lines(Page page, int level, String name, View values) {
    if (!values.isEmpty()) {
      page.line(level, name + ":");
      for (View each : values.items()) {
        for (String line : each.text().split("\n", -1)) {
          page.line(level + 1, line);
        }
      }
    }
  }

  private static void state(Page page, int level, String name, View state) {
    if (state.at("running").exists()) {
      page.field(level, name, "Running");
      page.field(level + 1, "Started", Page.time(state.at("running", "startedAt")));
    } else if (state.at("terminated").exists()) {
      View end = state.at("terminated");
      page.field(level, name, "Terminated");
      page.fieldIfSet(level + 1, "Reason", end.at("reason"));
      page.fieldIfSet(level + 1, "Message", end.at("message"));
      page.field(level + 1, "Exit Code", end.at("exitCode").textOr("0"));
      if (end.at("signal").number(0) > 0) {
        page.field(level + 1, "Signal", end.at("signal").text());
      }
      page.field(level + 1, "Started", Page.time(end.at("startedAt")));
      page.field(level + 1, "Finished", Page.time(end.at("finishedAt")));
    } else {
      page.field(level, name, "Waiting");
      page.fieldIfSet(level + 1, "Reason", state.at("waiting", "reason"));
      page.fieldIfSet(level + 1, "Message", state.at("waiting", "message"));
    }
  }

  private static void resources(Page page, int level, View container) {
    for (String kind : List.of("limits", "requests")) {
      Map<String, String> amounts = new TreeMap<>(container.at("resources", kind).texts());
      if (!amounts.isEmpty()) {
        page.line(level, (kind.equals("limits") ? "Limits" : "Requests") + ":");
        amounts.forEach((resource, amount) -> page.field(level + 1, resource, amount));
      }
    }
  }

  private static void probe(Page page, int level, String name, View probe) {
    if (probe.exists()) {
      page.field(
          level,
          name,
          "%s delay=%ss timeout=%ss period=%ss #success=%s #failure=%s"
              .formatted(
                  handler(probe),
                  probe.at("initialDelaySeconds").textOr("0"),
                  probe.at("timeoutSeconds").textOr("1"),
                  probe.at("periodSeconds").textOr("10"),
                  probe.at("successThreshold").textOr("1"),
                  probe.at("failureThreshold").textOr("3")));
    }
  }

  private static String handler(View probe) {
    if (probe.at("exec").exists()) {
      return "exec "
          + probe.at("exec", "command").items().stream()
              .map(View::text)
              .collect(Collectors.joining(" ", "[", "]"));
    }
    View http = probe.at("httpGet");
    if (http.exists()) {
      return "http-get "
          + http.at("scheme").textOr("HTTP").toLowerCase(java.util.Locale.ROOT)
          + "://"
          + http.at("host").text()
          + ":"
          + http.at("port").text()
          + http.at("path").text();
    }
    if (probe.at("tcpSocket").exists()) {
      return "tcp-socket "
          + probe.at("tcpSocket", "host").text()
          + ":"
          + probe.at("tcpSocket", "port").text();
    }
    return probe.at("grpc").exists() ? "grpc <pod>:" + probe.at("grpc", "port").text() : "unknown";
  }

  private static void environment(Page page, int level, View container) {
    if (!container.at("envFrom").isEmpty()) {
      page.line(level, "Environment Variables from:");
      for (View each : container.at("envFrom").items()) {
        boolean map = each.at("configMapRef").exists();
        View source = map ? each.at("configMapRef") : each.at("secretRef");
        page.line(
            level + 1,
            source.at("name").text()
                + "\t"
                + (map ? "ConfigMap" : "Secret")
                + "\tOptional: "
                + source.at("optional").flag());
      }
    }
    if (container.at("env").isEmpty()) {
      page.field(level, "Environment", container.at("envFrom").isEmpty() ? "<none>" : "");
      return;
    }
    page.line(level, "Environment:");
    for (View each : container.at("env").items()) {
      page.field(level + 1, each.at("name").text(), value(each));
    }
  }

  private static String value(View variable) {
    View from = variable.at("valueFrom");
    if (!from.exists()) {
      return variable.at("value").text();
    }
    if (from.at("fieldRef").exists()) {
      return "("
          + from.at("fieldRef", "apiVersion").textOr("v1")
          + ":"
          + from.at("fieldRef", "fieldPath").text()
          + ")";
    }
    if (from.at("resourceFieldRef").exists()) {
      return "(" + from.at("resourceFieldRef", "resource").text() + ")";
    }
    String kind = from.at("secretKeyRef").exists() ? "secretKeyRef" : "configMapKeyRef";
    View key = from.at(kind);
    return "<set to the key '"
        + key.at("key").text()
        + "' "
        + (kind.startsWith("secret") ? "in secret '" : "of config map '")
        + key.at("name").text()
        + "'>\tOptional: "
        + key.at("optional").flag();
  }

  private static void mounts(Page page, int level, View container) {
    List<View> mounts = container.at("volumeMounts").items();
    if (mounts.isEmpty()) {
      page.field(level, "Mounts", "<none>");
      return;
    }
    page.line(level, "Mounts:");
    for (View mount : mounts) {
      String path = mount.at("subPath").text();
      page.line(
          level + 1,
          mount.at("mountPath").text()
              + " from "
              + mount.at("name").text()
              + " ("
              + (mount.at("readOnly").flag() ? "ro" : "rw")
              + (path.isEmpty() ? "" : ",path=\"" + path + "\"")
              + ")");
    }
  }
}

package dev.tiphys.kubelet.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.groupingBy;

import dev.tiphys.api.codec.JsonWriter;
import dev.tiphys.kubelet.runtime.ContainerUse;
import dev.tiphys.kubelet.runtime.PodIdentity;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Resource use in the two forms that monitoring asks for. Pure functions. */
final class UseReports {
  private static final double NANOS = 1e9;

  private UseReports() {}

  /** {@code /metrics/resource}: Prometheus text with upstream's names. */
  static String resourceMetrics(NodeUse node, List<ContainerUse> containers, Instant now) {
    StringBuilder out = new StringBuilder();
    head(out, "container_cpu_usage_seconds_total", "counter", "CPU time used by the container");
    for (ContainerUse use : containers) {
      sample(
          out,
          "container_cpu_usage_seconds_total" + labels(use.pod(), use.containerName()),
          use.cpuNanoSeconds() / NANOS,
          use.at());
    }
    head(out, "container_memory_working_set_bytes", "gauge", "Working set of the container");
    for (ContainerUse use : containers) {
      sample(
          out,
          "container_memory_working_set_bytes" + labels(use.pod(), use.containerName()),
          use.workingSetBytes(),
          use.at());
    }
    head(out, "node_cpu_usage_seconds_total", "counter", "CPU time used by the node");
    sample(out, "node_cpu_usage_seconds_total", node.cpuNanoSeconds() / NANOS, now);
    head(out, "node_memory_working_set_bytes", "gauge", "Working set of the node");
    sample(out, "node_memory_working_set_bytes", node.workingSetBytes(), now);
    Map<PodIdentity, List<ContainerUse>> pods = byPod(containers);
    head(out, "pod_cpu_usage_seconds_total", "counter", "CPU time used by the pod");
    pods.forEach((pod, uses) ->
        sample(
            out,
            "pod_cpu_usage_seconds_total" + labels(pod),
            uses.stream().mapToLong(ContainerUse::cpuNanoSeconds).sum() / NANOS,
            latest(uses)));
    head(out, "pod_memory_working_set_bytes", "gauge", "Working set of the pod");
    pods.forEach((pod, uses) ->
        sample(
            out,
            "pod_memory_working_set_bytes" + labels(pod),
            uses.stream().mapToLong(ContainerUse::workingSetBytes).sum(),
            latest(uses)));
    head(out, "resource_scrape_error", "gauge", "1 if reading use failed, else 0");
    return out.append("resource_scrape_error 0\n").toString();
  }

  /** {@code /stats/summary}: what is known of it. */
  static byte[] summary(String nodeName, NodeUse node, List<ContainerUse> containers, Instant now) {
    JsonWriter out = new JsonWriter(4096);
    out.beginObject();
    out.name("node").beginObject();
    out.field("nodeName", nodeName);
    use(out, now, node.cpuNanoSeconds(), node.workingSetBytes());
    out.endObject();
    out.name("pods").beginArray();
    byPod(containers).forEach((pod, uses) -> pod(out, pod, uses));
    out.endArray();
    out.endObject();
    return out.toByteArray();
  }

  private static void pod(JsonWriter out, PodIdentity pod, List<ContainerUse> uses) {
    out.beginObject();
    out.name("podRef").beginObject();
    out.field("name", pod.name()).field("namespace", pod.namespace()).field("uid", pod.uid());
    out.endObject();
    out.name("containers").beginArray();
    for (ContainerUse use : uses) {
      out.beginObject();
      out.field("name", use.containerName());
      use(out, use.at(), use.cpuNanoSeconds(), use.workingSetBytes());
      out.name("rootfs").beginObject();
      out.name("usedBytes").value(use.writableLayerBytes());
      out.endObject();
      out.endObject();
    }
    out.endArray();
    use(
        out,
        latest(uses),
        uses.stream().mapToLong(ContainerUse::cpuNanoSeconds).sum(),
        uses.stream().mapToLong(ContainerUse::workingSetBytes).sum());
    out.endObject();
  }

  private static void use(JsonWriter out, Instant at, long cpuNanos, long workingSetBytes) {
    String time = at.truncatedTo(ChronoUnit.SECONDS).toString();
    out.name("cpu").beginObject();
    out.field("time", time).name("usageCoreNanoSeconds").value(cpuNanos);
    out.endObject();
    out.name("memory").beginObject();
    out.field("time", time).name("workingSetBytes").value(workingSetBytes);
    out.endObject();
  }

  private static Map<PodIdentity, List<ContainerUse>> byPod(List<ContainerUse> containers) {
    return containers.stream()
        .collect(
            groupingBy(
                ContainerUse::pod,
                () ->
                    new TreeMap<>(
                        Comparator.comparing(PodIdentity::namespacedName)
                            .thenComparing(PodIdentity::uid)),
                java.util.stream.Collectors.toList()));
  }

  private static Instant latest(List<ContainerUse> uses) {
    return uses.stream().map(ContainerUse::at).max(Comparator.naturalOrder()).orElseThrow();
  }

  private static String labels(PodIdentity pod) {
    return "{namespace=\"" + pod.namespace() + "\",pod=\"" + pod.name() + "\"}";
  }

  private static String labels(PodIdentity pod, String container) {
    return "{container=\"" + container + "\"," + labels(pod).substring(1);
  }

  private static void head(StringBuilder out, String name, String type, String help) {
    out.append("# HELP ").append(name).append(' ').append(help).append('\n');
    out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  private static void sample(StringBuilder out, String series, double value, Instant at) {
    out.append(series).append(' ').append(value).append(' ').append(at.toEpochMilli()).append('\n');
  }

  static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}

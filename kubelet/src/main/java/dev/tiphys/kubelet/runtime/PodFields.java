package dev.tiphys.kubelet.runtime;

import static java.util.Objects.requireNonNullElse;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.ResourceFieldSelector;
import dev.tiphys.api.value.Quantity;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the downward API can tell a container of its pod. Pure functions. */
public final class PodFields {
  private PodFields() {}

  /**
   * What only the node knows.
   *
   * @param podIps the pod's addresses, the primary one first
   * @param hostIps the node's addresses, the primary one first
   * @param allocatable of the node, for limits that a container does not set
   */
  public record Placement(
      List<String> podIps, List<String> hostIps, Map<String, Quantity> allocatable) {
    /** Keeps its own copies. */
    public Placement {
      podIps = List.copyOf(podIps);
      hostIps = List.copyOf(hostIps);
      allocatable = Map.copyOf(allocatable);
    }
  }

  /**
   * The value of a field path such as {@code metadata.labels['app']}; empty if there is no such
   * path.
   */
  public static Optional<String> field(Pod pod, String path, Placement placement) {
    PodSpec spec = pod.spec() == null ? PodSpec.EMPTY : pod.spec();
    return switch (path) {
      case "metadata.name" -> Optional.ofNullable(pod.metadata().name());
      case "metadata.namespace" -> Optional.ofNullable(pod.metadata().namespace());
      case "metadata.uid" -> Optional.ofNullable(pod.metadata().uid());
      case "metadata.labels" -> Optional.of(lines(pod.metadata().labels()));
      case "metadata.annotations" -> Optional.of(lines(pod.metadata().annotations()));
      case "spec.nodeName" -> Optional.of(requireNonNullElse(spec.nodeName(), ""));
      case "spec.serviceAccountName" ->
          Optional.of(requireNonNullElse(spec.serviceAccountName(), ""));
      case "status.podIP" -> Optional.of(first(placement.podIps()));
      case "status.podIPs" -> Optional.of(String.join(",", placement.podIps()));
      case "status.hostIP" -> Optional.of(first(placement.hostIps()));
      case "status.hostIPs" -> Optional.of(String.join(",", placement.hostIps()));
      default -> entry(pod, path);
    };
  }

  /** An amount such as {@code limits.cpu} of a container, in units of the divisor, rounded up. */
  public static Optional<String> resource(
      Container container, ResourceFieldSelector selector, Placement placement) {
    String name = requireNonNullElse(selector.resource(), "");
    int dot = name.indexOf('.');
    if (dot < 0) {
      return Optional.empty();
    }
    String resource = name.substring(dot + 1);
    var resources = QosClass.resources(container);
    Quantity amount =
        switch (name.substring(0, dot)) {
          case "limits" ->
              resources
                  .limits()
                  .getOrDefault(
                      resource, placement.allocatable().getOrDefault(resource, Quantity.ZERO));
          case "requests" ->
              resources
                  .requests()
                  .getOrDefault(resource, resources.limits().getOrDefault(resource, Quantity.ZERO));
          default -> null;
        };
    if (amount == null) {
      return Optional.empty();
    }
    Quantity divisor = selector.divisor();
    if (divisor == null || divisor.isZero()) {
      divisor = Quantity.of(1);
    }
    return Optional.of(
        amount.amount().divide(divisor.amount(), 0, RoundingMode.CEILING).toPlainString());
  }

  private static Optional<String> entry(Pod pod, String path) {
    for (String map : List.of("metadata.labels", "metadata.annotations")) {
      if (path.startsWith(map + "['") && path.endsWith("']")) {
        String key = path.substring(map.length() + 2, path.length() - 2);
        Map<String, String> entries =
            map.endsWith("labels") ? pod.metadata().labels() : pod.metadata().annotations();
        return Optional.of(entries.getOrDefault(key, ""));
      }
    }
    return Optional.empty();
  }

  private static String first(List<String> texts) {
    return texts.isEmpty() ? "" : texts.getFirst();
  }

  /** One {@code key="value"} a line, sorted, with the value quoted as Go does it. */
  private static String lines(Map<String, String> entries) {
    return entries.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(entry -> entry.getKey() + "=" + quoted(entry.getValue()))
        .collect(Collectors.joining("\n"));
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    text.codePoints()
        .forEach(c -> {
          switch (c) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
              if (c < ' ' || c == 0x7f) {
                out.append(String.format("\\x%02x", c));
              } else {
                out.appendCodePoint(c);
              }
            }
          }
        });
    return out.append('"').toString();
  }
}

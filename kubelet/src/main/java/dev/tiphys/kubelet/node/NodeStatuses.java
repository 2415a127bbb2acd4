package dev.tiphys.kubelet.node;

import dev.tiphys.api.core.v1.ContainerImage;
import dev.tiphys.api.core.v1.DaemonEndpoint;
import dev.tiphys.api.core.v1.NodeAddress;
import dev.tiphys.api.core.v1.NodeCondition;
import dev.tiphys.api.core.v1.NodeDaemonEndpoints;
import dev.tiphys.api.core.v1.NodeStatus;
import dev.tiphys.api.value.Quantity;
import dev.tiphys.kubelet.runtime.NodeImage;
import dev.tiphys.kubelet.runtime.RuntimeHealth;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What {@code node.status} says. Pure functions. */
final class NodeStatuses {

  private static final long LEAST_FREE_MEMORY = 100L << 20;
  private static final double LEAST_FREE_DISK = 0.10;
  private static final int MAX_IMAGES = 50;
  private static final int MAX_NAMES = 5;

  private NodeStatuses() {}

  /**
   * What pods may take: all but what is reserved. Memory also keeps the eviction threshold free.
   */
  static Map<String, Quantity> allocatable(NodeSettings settings, MachineFacts machine) {
    Map<String, Quantity> left = new HashMap<>(capacity(settings, machine));
    settings
        .reserved()
        .forEach((name, amount) -> left.computeIfPresent(name, (_, all) -> less(all, amount)));
    left.computeIfPresent("memory", (_, all) -> less(all, Quantity.ofBytes(LEAST_FREE_MEMORY)));
    left.computeIfPresent(
        "ephemeral-storage",
        (_, all) -> Quantity.ofBytes((long) (all.value() * (1 - LEAST_FREE_DISK))));
    return left;
  }

  private static Quantity less(Quantity all, Quantity amount) {
    Quantity left = all.minus(amount);
    return left.signum() < 0 ? Quantity.ZERO : left;
  }

  static Map<String, Quantity> capacity(NodeSettings settings, MachineFacts machine) {
    return Map.of(
        "cpu", Quantity.of(machine.cores()),
        "memory", Quantity.ofBytes(machine.memoryBytes() / 1024 * 1024),
        "ephemeral-storage", Quantity.ofBytes(machine.diskBytes() / 1024 * 1024),
        "pods", Quantity.of(settings.maxPods()),
        "hugepages-1Gi", Quantity.ZERO,
        "hugepages-2Mi", Quantity.ZERO);
  }

  static NodeStatus of(
      NodeSettings settings,
      MachineFacts machine,
      RuntimeHealth runtime,
      String runtimeVersion,
      List<NodeImage> images,
      NodeStatus before,
      Instant now) {
    return before.toBuilder()
        .capacity(capacity(settings, machine))
        .allocatable(allocatable(settings, machine))
        .conditions(conditions(machine, runtime, before, now))
        .addresses(addresses(settings))
        .daemonEndpoints(
            NodeDaemonEndpoints.builder()
                .kubeletEndpoint(DaemonEndpoint.builder().port(settings.kubeletPort()).build())
                .build())
        .nodeInfo(
            machine.info().toBuilder()
                .containerRuntimeVersion(runtimeVersion)
                .kubeletVersion(settings.kubeletVersion())
                .kubeProxyVersion("")
                .build())
        .images(images(images))
        .build();
  }

  private static List<NodeAddress> addresses(NodeSettings settings) {
    List<NodeAddress> addresses = new ArrayList<>();
    for (String ip : settings.ips()) {
      addresses.add(NodeAddress.builder().type("InternalIP").address(ip).build());
    }
    addresses.add(NodeAddress.builder().type("Hostname").address(settings.hostname()).build());
    return addresses;
  }

  private static List<ContainerImage> images(List<NodeImage> images) {
    return images.stream()
        .sorted(Comparator.comparingLong(NodeImage::bytes).reversed())
        .limit(MAX_IMAGES)
        .map(image ->
            ContainerImage.builder()
                .names(image.names().stream().limit(MAX_NAMES).toList())
                .sizeBytes(image.bytes())
                .build())
        .toList();
  }

  private static List<NodeCondition> conditions(
      MachineFacts machine, RuntimeHealth runtime, NodeStatus before, Instant now) {
    boolean memoryShort = machine.availableMemoryBytes() < LEAST_FREE_MEMORY;
    boolean diskShort = machine.availableDiskBytes() < machine.diskBytes() * LEAST_FREE_DISK;
    boolean ready = runtime.ready() && runtime.networkReady();
    List<NodeCondition> conditions = new ArrayList<>();
    conditions.add(
        condition(
            "MemoryPressure",
            memoryShort,
            memoryShort ? "KubeletHasInsufficientMemory" : "KubeletHasSufficientMemory",
            "kubelet has " + (memoryShort ? "insufficient" : "sufficient") + " memory available",
            before,
            now));
    conditions.add(
        condition(
            "DiskPressure",
            diskShort,
            diskShort ? "KubeletHasDiskPressure" : "KubeletHasNoDiskPressure",
            diskShort ? "kubelet has disk pressure" : "kubelet has no disk pressure",
            before,
            now));
    conditions.add(
        condition(
            "PIDPressure",
            false,
            "KubeletHasSufficientPID",
            "kubelet has sufficient PID available",
            before,
            now));
    conditions.add(
        condition(
            "Ready",
            ready,
            ready ? "KubeletReady" : "KubeletNotReady",
            ready ? "kubelet is posting ready status" : String.join("; ", runtime.problems()),
            before,
            now));
    for (NodeCondition other : before.conditions()) {
      if (conditions.stream().noneMatch(c -> String.valueOf(c.type()).equals(other.type()))) {
        conditions.add(other);
      }
    }
    return conditions;
  }

  private static NodeCondition condition(
      String type, boolean holds, String reason, String message, NodeStatus before, Instant now) {
    String status = holds ? "True" : "False";
    Instant second = now.truncatedTo(ChronoUnit.SECONDS);
    Optional<NodeCondition> same =
        before.conditions().stream()
            .filter(c -> type.equals(c.type()) && status.equals(c.status()))
            .findFirst();
    return NodeCondition.builder()
        .type(type)
        .status(status)
        .reason(reason)
        .message(message)
        .lastHeartbeatTime(second)
        .lastTransitionTime(same.map(NodeCondition::lastTransitionTime).orElse(second))
        .build();
  }

  /** The status without its heartbeats, to tell whether anything else changed. */
  static NodeStatus withoutHeartbeats(NodeStatus status) {
    return status.withConditions(
        status.conditions().stream().map(c -> c.withLastHeartbeatTime(null)).toList());
  }
}

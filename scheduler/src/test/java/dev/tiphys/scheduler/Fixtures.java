package dev.tiphys.scheduler;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.Node;
import dev.tiphys.api.core.v1.NodeSpec;
import dev.tiphys.api.core.v1.NodeStatus;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.ResourceRequirements;
import dev.tiphys.api.core.v1.Taint;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.value.Quantity;
import java.util.List;
import java.util.Map;

/** Nodes and pods for tests. */
public final class Fixtures {

  private Fixtures() {}

  /** A node with 4 cores, 8 GiB and room for 110 pods. */
  public static Node node(String name, Taint... taints) {
    return Node.builder()
        .metadata(
            ObjectMeta.builder().name(name).labels(Map.of("kubernetes.io/hostname", name)).build())
        .spec(NodeSpec.builder().taints(List.of(taints)).build())
        .status(
            NodeStatus.builder()
                .allocatable(
                    Map.of(
                        "cpu", Quantity.parse("4"),
                        "memory", Quantity.parse("8Gi"),
                        "pods", Quantity.parse("110")))
                .build())
        .build();
  }

  /** A pod with one container that asks for CPU and memory. */
  public static Pod pod(String name, String cpu, String memory) {
    return pod(name, PodSpec.builder().containers(List.of(container(cpu, memory))).build());
  }

  /** A pod of a spec. */
  public static Pod pod(String name, PodSpec spec) {
    return Pod.builder()
        .metadata(ObjectMeta.builder().namespace("default").name(name).uid("uid-" + name).build())
        .spec(spec)
        .build();
  }

  /** A container that asks for CPU and memory. */
  public static Container container(String cpu, String memory) {
    return Container.builder()
        .name("c")
        .resources(
            ResourceRequirements.builder()
                .requests(Map.of("cpu", Quantity.parse(cpu), "memory", Quantity.parse(memory)))
                .build())
        .build();
  }
}

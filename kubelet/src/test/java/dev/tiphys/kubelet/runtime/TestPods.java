package dev.tiphys.kubelet.runtime;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.meta.v1.ObjectMeta;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Pods to begin a test with. */
final class TestPods {
  private TestPods() {}

  static Pod aPod(String name, Container... containers) {
    return aPod(name, PodSpec.builder().containers(List.of(containers)).build());
  }

  static Pod aPod(String name, PodSpec spec) {
    return Pod.builder()
        .metadata(
            ObjectMeta.builder()
                .name(name)
                .namespace("default")
                .uid("uid-of-" + name)
                .labels(Map.of("app", name))
                .build())
        .spec(spec)
        .build();
  }

  static Container aShell(String name, String script) {
    return Container.builder()
        .name(name)
        .image("tiphys.test/busybox:1")
        .command(List.of("/bin/sh", "-c", script))
        .build();
  }

  static SandboxRequest sandbox(Pod pod, Path podDirectory, String cgroupParent) {
    return new SandboxRequest(
        pod,
        0,
        new PodDns.Settings(
            List.of("10.96.0.10"), List.of("svc.cluster.local"), List.of("ndots:5")),
        "cluster.local",
        cgroupParent,
        "",
        podDirectory);
  }
}

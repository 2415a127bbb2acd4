package dev.tiphys.kubelet.pod;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.kubelet.probe.ProbeKind;
import dev.tiphys.kubelet.runtime.ContainerHash;
import dev.tiphys.kubelet.runtime.ContainerState;
import dev.tiphys.kubelet.runtime.PodIdentity;
import dev.tiphys.kubelet.runtime.PodState;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Pods and what runs of them, for tests. */
final class PodFixtures {

  static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  static final PodIdentity WEB = new PodIdentity("default", "web", "uid-1");
  static final String SANDBOX = "sandbox-1";

  /** All containers are started and ready. */
  static final Health HEALTHY =
      new Health() {
        @Override
        public boolean isStarted(String containerId, Container container) {
          return true;
        }

        @Override
        public boolean isReady(String containerId, Container container) {
          return true;
        }

        @Override
        public @Nullable ProbeKind failed(String containerId) {
          return null;
        }
      };

  private PodFixtures() {}

  static Container container(String name) {
    return Container.builder().name(name).image("echo:1").build();
  }

  static Pod pod(String restartPolicy, List<Container> init, Container... containers) {
    return Pod.builder()
        .metadata(ObjectMeta.builder().namespace("default").name("web").uid("uid-1").build())
        .spec(
            PodSpec.builder()
                .restartPolicy(restartPolicy)
                .initContainers(init)
                .containers(List.of(containers))
                .build())
        .build();
  }

  static PodState nothing() {
    return new PodState(WEB, List.of(), List.of());
  }

  static PodState running(ContainerState... containers) {
    return new PodState(WEB, List.of(sandbox(true)), List.of(containers));
  }

  static PodState.Sandbox sandbox(boolean ready) {
    return new PodState.Sandbox(
        SANDBOX, 0, ready, NOW.minusSeconds(60), false, List.of("10.244.0.5"));
  }

  static ContainerState state(String name, int restarts, ContainerState.Life life) {
    return new ContainerState(
        name + "-" + restarts,
        name,
        SANDBOX,
        restarts,
        "echo:1",
        "sha256:1",
        ContainerHash.of(container(name)),
        Path.of("/log"),
        NOW.minusSeconds(50),
        life);
  }

  static ContainerState.Life up() {
    return new ContainerState.Running(NOW.minusSeconds(40));
  }

  static ContainerState.Life ended(int exitCode, Duration ago) {
    return new ContainerState.Exited(
        exitCode,
        exitCode == 0 ? "Completed" : "Error",
        "",
        NOW.minus(ago).minusSeconds(1),
        NOW.minus(ago));
  }
}

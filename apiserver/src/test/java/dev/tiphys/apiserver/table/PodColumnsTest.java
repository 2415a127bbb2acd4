package dev.tiphys.apiserver.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.ContainerState;
import dev.tiphys.api.core.v1.ContainerStateRunning;
import dev.tiphys.api.core.v1.ContainerStateTerminated;
import dev.tiphys.api.core.v1.ContainerStateWaiting;
import dev.tiphys.api.core.v1.ContainerStatus;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.PodStatus;
import dev.tiphys.api.meta.v1.ObjectMeta;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PodColumnsTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static List<@Nullable Object> row(PodStatus status, boolean deleted) {
    Pod pod =
        Pod.builder()
            .metadata(
                ObjectMeta.builder()
                    .name("p")
                    .creationTimestamp(NOW.minusSeconds(90))
                    .deletionTimestamp(deleted ? NOW : null)
                    .build())
            .spec(
                PodSpec.builder()
                    .initContainers(List.of(Container.builder().name("i").build()))
                    .containers(List.of(Container.builder().name("c").build()))
                    .build())
            .status(status)
            .build();
    return PodColumns.COLUMNS.row().cells(pod, NOW);
  }

  private static ContainerStatus container(ContainerState state, boolean ready, int restarts) {
    return ContainerStatus.builder()
        .name("c")
        .state(state)
        .ready(ready)
        .restartCount(restarts)
        .lastState(
            restarts == 0
                ? null
                : ContainerState.builder()
                    .terminated(
                        ContainerStateTerminated.builder().finishedAt(NOW.minusSeconds(30)).build())
                    .build())
        .build();
  }

  private static ContainerState running() {
    return ContainerState.builder().running(ContainerStateRunning.builder().build()).build();
  }

  private static ContainerState waiting(String reason) {
    return ContainerState.builder()
        .waiting(ContainerStateWaiting.builder().reason(reason).build())
        .build();
  }

  private static ContainerState ended(int code) {
    return ContainerState.builder()
        .terminated(ContainerStateTerminated.builder().exitCode(code).build())
        .build();
  }

  private static PodStatus.Builder status(String phase, ContainerState init) {
    return PodStatus.builder()
        .phase(phase)
        .initContainerStatuses(List.of(container(init, true, 0)));
  }

  @Test
  void aRunningPodTellsItsRestarts() {
    PodStatus status =
        status("Running", ended(0))
            .containerStatuses(List.of(container(running(), true, 2)))
            .build();
    assertThat(row(status, false).subList(0, 5))
        .containsExactly("p", "1/1", "Running", "2 (30s ago)", "90s");
    assertThat(row(status, true).get(2)).isEqualTo("Terminating");
  }

  @Test
  void whatAContainerWaitsForIsTold() {
    PodStatus status =
        status("Running", ended(0))
            .containerStatuses(List.of(container(waiting("CrashLoopBackOff"), false, 1)))
            .build();
    assertThat(row(status, false).get(1)).isEqualTo("0/1");
    assertThat(row(status, false).get(2)).isEqualTo("CrashLoopBackOff");
  }

  @Test
  void initContainersComeFirst() {
    assertThat(row(status("Pending", waiting("PodInitializing")).build(), false).get(2))
        .isEqualTo("Init:0/1");
    assertThat(row(status("Pending", waiting("ErrImagePull")).build(), false).get(2))
        .isEqualTo("Init:ErrImagePull");
    assertThat(row(status("Pending", ended(3)).build(), false).get(2)).isEqualTo("Init:ExitCode:3");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0s",
    "119, 119s",
    "120, 2m",
    "130, 2m10s",
    "600, 10m",
    "10799, 179m",
    "10800, 3h",
    "11100, 3h5m",
    "28800, 8h",
    "172799, 47h",
    "172800, 2d",
    "176400, 2d1h",
    "691200, 8d",
    "63072000, 2y",
    "66666666, 2y41d",
    "252288000, 8y"
  })
  void agesAreToldInAtMostTwoUnits(long seconds, String expected) {
    assertThat(Cells.duration(Duration.ofSeconds(seconds))).isEqualTo(expected);
  }
}

package dev.tiphys.kubelet.pod;

import static dev.tiphys.kubelet.pod.PodFixtures.HEALTHY;
import static dev.tiphys.kubelet.pod.PodFixtures.NOW;
import static dev.tiphys.kubelet.pod.PodFixtures.container;
import static dev.tiphys.kubelet.pod.PodFixtures.ended;
import static dev.tiphys.kubelet.pod.PodFixtures.nothing;
import static dev.tiphys.kubelet.pod.PodFixtures.pod;
import static dev.tiphys.kubelet.pod.PodFixtures.running;
import static dev.tiphys.kubelet.pod.PodFixtures.state;
import static dev.tiphys.kubelet.pod.PodFixtures.up;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.core.v1.ContainerStateWaiting;
import dev.tiphys.api.core.v1.ContainerStatus;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodCondition;
import dev.tiphys.api.core.v1.PodStatus;
import dev.tiphys.kubelet.runtime.PodState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PodStatusesTest {

  private static final Pod WEB_POD = pod("Always", List.of(), container("web"));

  private final PodStatuses statuses = new PodStatuses(List.of("192.0.2.1"), "containerd");

  @Test
  void aPodWithoutASandboxIsPending() {
    PodStatus status = of(WEB_POD, nothing(), Map.of());

    assertThat(status.phase()).isEqualTo("Pending");
    assertThat(waiting(status).reason()).isEqualTo("ContainerCreating");
    assertThat(condition(status, "Ready").status()).isEqualTo("False");
    assertThat(condition(status, "Ready").message())
        .isEqualTo("containers with unready status: [web]");
  }

  @Test
  void aPodThatRunsIsReadyAndHasItsAddress() {
    PodStatus status = of(WEB_POD, running(state("web", 0, up())), Map.of());

    assertThat(status.phase()).isEqualTo("Running");
    assertThat(status.podIP()).isEqualTo("10.244.0.5");
    assertThat(status.hostIP()).isEqualTo("192.0.2.1");
    assertThat(condition(status, "Ready").status()).isEqualTo("True");
    assertThat(status.containerStatuses().getFirst().containerID()).isEqualTo("containerd://web-0");
  }

  @Test
  void aMissingImageSaysSo() {
    PodStatus status =
        of(WEB_POD, running(), Map.of("web", new Waiting("ErrImagePull", "no such image")));

    assertThat(waiting(status).reason()).isEqualTo("ErrImagePull");
    assertThat(waiting(status).message()).isEqualTo("no such image");
  }

  @Test
  void aCrashingContainerTellsItsBackOffAndItsLastEnd() {
    PodState crashed = running(state("web", 2, ended(7, Duration.ofSeconds(1))));

    PodStatus status = of(WEB_POD, crashed, Map.of());

    assertThat(waiting(status).reason()).isEqualTo("CrashLoopBackOff");
    assertThat(waiting(status).message())
        .isEqualTo("back-off 20s restarting failed container=web pod=web_default(uid-1)");
    ContainerStatus web = status.containerStatuses().getFirst();
    assertThat(
            Objects.requireNonNull(Objects.requireNonNull(web.lastState()).terminated()).exitCode())
        .isEqualTo(7);
    assertThat(status.phase()).isEqualTo("Running");
  }

  @Test
  void aJobThatIsDoneSucceeded() {
    Pod job = pod("Never", List.of(), container("web"));

    assertThat(of(job, running(state("web", 0, ended(0, Duration.ZERO))), Map.of()).phase())
        .isEqualTo("Succeeded");
    assertThat(of(job, running(state("web", 0, ended(1, Duration.ZERO))), Map.of()).phase())
        .isEqualTo("Failed");
  }

  @Test
  void anEndIsNeverTakenBack() {
    Pod done =
        pod("Never", List.of(), container("web"))
            .withStatus(PodStatus.builder().phase("Succeeded").build());

    assertThat(of(done, nothing(), Map.of()).phase()).isEqualTo("Succeeded");
  }

  @Test
  void conditionsKeepTheTimeOfTheirLastChange() {
    PodStatus first = of(WEB_POD, running(state("web", 0, up())), Map.of());
    Instant later = NOW.plusSeconds(100);

    PodStatus second =
        statuses.of(
            WEB_POD.withStatus(first),
            running(state("web", 0, up())),
            HEALTHY,
            Map.of(),
            null,
            later);

    assertThat(second).isEqualTo(first);
  }

  @Test
  void theDeadlineFailsThePod() {
    PodStatus status =
        statuses.of(
            WEB_POD,
            running(state("web", 0, up())),
            HEALTHY,
            Map.of(),
            new Waiting("DeadlineExceeded", "too long"),
            NOW);

    assertThat(status.phase()).isEqualTo("Failed");
    assertThat(status.reason()).isEqualTo("DeadlineExceeded");
  }

  private PodStatus of(Pod pod, PodState state, Map<String, Waiting> waits) {
    return statuses.of(pod, state, HEALTHY, waits, null, NOW);
  }

  private static ContainerStateWaiting waiting(PodStatus status) {
    return Objects.requireNonNull(
        Objects.requireNonNull(status.containerStatuses().getFirst().state()).waiting());
  }

  private static PodCondition condition(PodStatus status, String type) {
    return status.conditions().stream()
        .filter(c -> type.equals(c.type()))
        .findFirst()
        .orElseThrow();
  }
}

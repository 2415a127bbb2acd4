package dev.tiphys.kubelet.pod;

import static dev.tiphys.kubelet.pod.PodFixtures.HEALTHY;
import static dev.tiphys.kubelet.pod.PodFixtures.NOW;
import static dev.tiphys.kubelet.pod.PodFixtures.WEB;
import static dev.tiphys.kubelet.pod.PodFixtures.container;
import static dev.tiphys.kubelet.pod.PodFixtures.ended;
import static dev.tiphys.kubelet.pod.PodFixtures.nothing;
import static dev.tiphys.kubelet.pod.PodFixtures.pod;
import static dev.tiphys.kubelet.pod.PodFixtures.running;
import static dev.tiphys.kubelet.pod.PodFixtures.sandbox;
import static dev.tiphys.kubelet.pod.PodFixtures.state;
import static dev.tiphys.kubelet.pod.PodFixtures.up;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.kubelet.probe.ProbeKind;
import dev.tiphys.kubelet.runtime.PodState;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PlannerTest {

  private static final Pod WEB_POD = pod("Always", List.of(), container("web"));

  @Test
  void aSandboxComesFirst() {
    NextSteps steps = plan(WEB_POD, nothing());

    assertThat(steps.newSandbox()).contains(0);
    assertThat(steps.starts()).isEmpty();
  }

  @Test
  void inASandboxAllContainersStart() {
    Pod pod = pod("Always", List.of(), container("web"), container("side"));

    assertThat(plan(pod, running()).starts())
        .extracting(start -> start.container().name())
        .containsExactly("web", "side");
  }

  @Test
  void initContainersGoOneAfterTheOther() {
    Pod pod = pod("Always", List.of(container("first"), container("second")), container("web"));

    assertThat(names(plan(pod, running()))).containsExactly("first");
    assertThat(names(plan(pod, running(state("first", 0, up()))))).isEmpty();
    assertThat(names(plan(pod, running(state("first", 0, ended(0, Duration.ZERO))))))
        .containsExactly("second");
  }

  @Test
  void aSidecarKeepsRunningBesideWhatFollows() {
    Container proxy = container("proxy").withRestartPolicy("Always");
    Pod pod = pod("Always", List.of(proxy, container("init")), container("web"));

    assertThat(names(plan(pod, running(state("proxy", 0, up()))))).containsExactly("init");
    assertThat(
            names(
                plan(
                    pod,
                    running(state("proxy", 0, up()), state("init", 0, ended(0, Duration.ZERO))))))
        .containsExactly("web");
  }

  @Test
  void theFirstRestartIsAtOnceAndTheNextWaits() {
    NextSteps first = plan(WEB_POD, running(state("web", 0, ended(1, Duration.ofMillis(10)))));
    NextSteps second = plan(WEB_POD, running(state("web", 1, ended(1, Duration.ofSeconds(4)))));

    assertThat(first.starts()).extracting(NextSteps.Start::restartCount).containsExactly(1);
    assertThat(second.starts()).isEmpty();
    assertThat(second.lookAgain()).contains(Duration.ofSeconds(6));
  }

  @Test
  void whatSucceededIsNotRunAgainOnFailureOnly() {
    Pod job = pod("OnFailure", List.of(), container("web"));

    assertThat(plan(job, running(state("web", 0, ended(0, Duration.ZERO)))).ended()).isTrue();
    assertThat(names(plan(job, running(state("web", 0, ended(3, Duration.ZERO))))))
        .containsExactly("web");
  }

  @Test
  void aFailedInitContainerEndsAPodThatIsNeverRestarted() {
    Pod pod = pod("Never", List.of(container("init")), container("web"));

    NextSteps steps = plan(pod, running(state("init", 0, ended(1, Duration.ZERO))));

    assertThat(steps.ended()).isTrue();
    assertThat(steps.starts()).isEmpty();
  }

  @Test
  void aFailedLivenessProbeStopsTheContainer() {
    Health sick =
        new Health() {
          @Override
          public boolean isStarted(String id, Container container) {
            return true;
          }

          @Override
          public boolean isReady(String id, Container container) {
            return true;
          }

          @Override
          public @Nullable ProbeKind failed(String id) {
            return ProbeKind.LIVENESS;
          }
        };

    NextSteps steps = Planner.plan(WEB_POD, running(state("web", 0, up())), sick, NOW);

    assertThat(steps.stops())
        .extracting(NextSteps.Stop::why)
        .containsExactly("Container web failed liveness probe, will be restarted");
  }

  @Test
  void anotherImageReplacesTheContainer() {
    Pod changed = pod("Always", List.of(), container("web").withImage("echo:2"));

    assertThat(plan(changed, running(state("web", 0, up()))).stops()).hasSize(1);
  }

  @Test
  void whenTheSandboxDiesEverythingStartsAnewAndKeepsCounting() {
    PodState dead = new PodState(WEB, List.of(sandbox(false)), List.of());

    assertThat(plan(WEB_POD, dead).newSandbox()).contains(1);
    PodState reborn =
        new PodState(
            WEB,
            List.of(new PodState.Sandbox("sandbox-2", 1, true, NOW, false, List.of("10.244.0.6"))),
            List.of(state("web", 4, ended(137, Duration.ofSeconds(1)))));
    assertThat(plan(WEB_POD, reborn).starts())
        .extracting(NextSteps.Start::restartCount)
        .containsExactly(5);
  }

  @Test
  void nothingIsDoneForAPodThatRuns() {
    NextSteps steps = plan(WEB_POD, running(state("web", 0, up())));

    assertThat(steps.starts()).isEmpty();
    assertThat(steps.stops()).isEmpty();
    assertThat(steps.stopSandboxes()).isEmpty();
    assertThat(steps.newSandbox()).isEmpty();
  }

  private static NextSteps plan(Pod pod, PodState state) {
    return Planner.plan(pod, state, HEALTHY, NOW);
  }

  private static List<@Nullable String> names(NextSteps steps) {
    return steps.starts().stream().<@Nullable String>map(s -> s.container().name()).toList();
  }
}

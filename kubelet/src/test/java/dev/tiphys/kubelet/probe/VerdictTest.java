package dev.tiphys.kubelet.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.core.v1.Probe;
import org.junit.jupiter.api.Test;

class VerdictTest {

  private final Probe probe = Probe.builder().failureThreshold(3).successThreshold(2).build();

  @Test
  void aContainerIsAliveUntilProvenDead() {
    Verdict verdict = Verdict.initial(ProbeKind.LIVENESS);
    for (int i = 0; i < 2; i++) {
      verdict = verdict.after(false, probe);
      assertThat(verdict.failed(probe)).isFalse();
    }

    assertThat(verdict.after(false, probe).failed(probe)).isTrue();
  }

  @Test
  void aContainerIsUnreadyUntilItSucceededOftenEnough() {
    Verdict once = Verdict.initial(ProbeKind.READINESS).after(true, probe);

    assertThat(once.passed()).isFalse();
    assertThat(once.after(true, probe).passed()).isTrue();
  }

  @Test
  void answersInBetweenStartTheCountAnew() {
    Verdict verdict =
        Verdict.initial(ProbeKind.LIVENESS)
            .after(false, probe)
            .after(false, probe)
            .after(true, probe)
            .after(false, probe)
            .after(false, probe);

    assertThat(verdict.failed(probe)).isFalse();
  }
}

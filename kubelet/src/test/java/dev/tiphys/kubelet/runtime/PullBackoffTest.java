package dev.tiphys.kubelet.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PullBackoffTest {
  private Instant now = Instant.EPOCH;
  private final PullBackoff backoff = new PullBackoff(() -> now);

  @Test
  void doublesItsPauseUpToFiveMinutes() {
    for (int seconds : new int[] {10, 20, 40, 80, 160, 300, 300}) {
      backoff.failed("k", "no such host");
      now = now.plusSeconds(seconds - 1);
      assertThat(backoff.waitingFor("k")).contains("no such host");
      now = now.plusSeconds(1);
      assertThat(backoff.waitingFor("k")).isEmpty();
    }
  }

  @Test
  void forgetsAfterASuccessAndAfterAWhile() {
    backoff.failed("a", "");
    backoff.failed("a", "");
    backoff.succeeded("a");
    backoff.failed("a", "");
    now = now.plusSeconds(10);
    assertThat(backoff.waitingFor("a")).isEmpty();

    now = now.plus(Duration.ofMinutes(11));
    backoff.failed("a", "");
    now = now.plusSeconds(10);
    assertThat(backoff.waitingFor("a")).isEmpty();
  }

  @Test
  void keepsEachPullApart() {
    backoff.failed("a", "");
    assertThat(backoff.waitingFor("b")).isEmpty();
  }
}

package dev.tiphys.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HealthChecksTest {

  private final HealthChecks health = new HealthChecks();

  @Test
  void aReadinessProblemDoesNotMakeTheDaemonUnhealthy() {
    health.add("cache-sync", HealthChecks.Scope.READY, () -> Optional.of("not synced"));

    assertThat(health.run("livez", List.of()).healthy()).isTrue();
    assertThat(health.run("readyz", List.of()).healthy()).isFalse();
  }

  @Test
  void theReportNamesTheCheckThatFailed() {
    health.add("etcd", HealthChecks.Scope.LIVE, () -> Optional.of("no answer"));

    assertThat(health.run("healthz", List.of()).report())
        .isEqualTo("[+]ping ok\n[-]etcd failed: no answer\nhealthz check failed\n");
  }

  @Test
  void anExcludedCheckDoesNotCount() {
    health.add("etcd", HealthChecks.Scope.LIVE, () -> Optional.of("no answer"));

    assertThat(health.run("healthz", List.of("etcd")).healthy()).isTrue();
  }

  @Test
  void oneCheckIsAskedByName() {
    assertThat(health.runOne("ping")).contains(new HealthChecks.Outcome(true, "ok"));
    assertThat(health.runOne("pong")).isEmpty();
  }
}

package dev.tiphys.store.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three processes through whatever can happen to them: what clients saw can be put into one order,
 * what was acknowledged is there once, and each watcher saw the whole log.
 */
class ChaosTest {
  private static final Set<Disturbance> LOOPBACK =
      Set.of(Disturbance.KILL, Disturbance.FREEZE, Disturbance.REPLACE);

  @Test
  void whatClientsSeeIsLinearizable(@TempDir Path directory) throws Exception {
    var report = new ChaosRun(directory, Duration.ZERO, 3, LOOPBACK, 7, System.out).run();
    assertThat(report.faults()).isEmpty();
    assertThat(report.rounds()).isEqualTo(3);
    assertThat(report.answered()).isGreaterThan(75);
    assertThat(report.events()).isGreaterThan(20);
    assertThat(report.keys()).isGreaterThan(report.undecided());
  }

  @Test
  void partitionsAreSurvived(@TempDir Path directory) throws IOException, InterruptedException {
    var attempt = new ArrayList<>(Namespaces.enter());
    attempt.addAll(List.of("iptables", "-S"));
    Assumptions.assumeTrue(
        new ProcessBuilder(attempt).start().waitFor() == 0,
        "this kernel lets nobody have a network namespace of his own, or there is no iptables");
    var output = new ByteArrayOutputStream();
    int code =
        ChaosCommand.run(
            new PrintStream(output, true, StandardCharsets.UTF_8),
            "--disturbances=isolate,separate",
            "--minutes=0",
            "--rounds=2",
            "--seed=11",
            "--dir=" + directory);
    assertThat(output.toString(StandardCharsets.UTF_8))
        .contains("isolate m", "separate m", "2 disturbances");
    assertThat(code).as("%s", output).isZero();
  }
}

package dev.tiphys.store.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three processes through whatever can happen to them: what clients saw can be put into one order,
 * what was acknowledged is there once, and each watcher saw the whole log, though keys and leases
 * come and go, history is compacted and snapshots are taken all the time.
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
    assertThat(report.compactions()).isPositive();
    assertThat(report.snapshots()).isGreaterThanOrEqualTo(3);
  }

  @Test
  void slowDisksAndJumpingClocksAreSurvived(@TempDir Path directory) throws Exception {
    var both = Set.of(Disturbance.SLOW, Disturbance.JUMP);
    for (var disturbance : both) {
      var missing = Tools.missingFor(disturbance);
      Assumptions.assumeTrue(missing.isEmpty(), missing::get);
    }
    var report = new ChaosRun(directory, Duration.ZERO, 4, both, 13, System.out).run();
    assertThat(report.faults()).isEmpty();
    assertThat(report.rounds()).isEqualTo(4);
    assertThat(report.events()).isGreaterThan(20);
  }

  @Test
  void aProcessIsToldAnotherTimeOfDay(@TempDir Path directory) throws Exception {
    var missing = Tools.missingFor(Disturbance.JUMP);
    Assumptions.assumeTrue(missing.isEmpty(), missing::get);
    var date =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Now.class.getName());
    var clock = directory.resolve("clock");
    Tools.setClock(clock, Duration.ofDays(30));
    date.environment().putAll(Tools.clock(Tools.clockLibrary(directory), clock));
    long told =
        Long.parseLong(new String(date.start().getInputStream().readAllBytes(), UTF_8).strip());
    assertThat(Instant.ofEpochSecond(told)).isAfter(Instant.now().plus(Duration.ofDays(29)));
  }

  /** Tells the time of day, in seconds. */
  static final class Now {
    private Now() {}

    public static void main(String... args) {
      System.out.println(System.currentTimeMillis() / 1000);
    }
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

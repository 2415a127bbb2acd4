package dev.tiphys.store.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three processes through kills and stops: what clients saw can be put into one order. */
class ChaosTest {
  @Test
  void whatClientsSeeIsLinearizable(@TempDir Path directory) throws Exception {
    var report = new ChaosRun(directory, Duration.ofSeconds(12), 7, System.out).run();
    assertThat(report.faults()).isEmpty();
    assertThat(report.answered()).isPositive();
    assertThat(report.keys()).isGreaterThan(report.undecided());
  }
}

package dev.tiphys.store.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TimingsTest {
  private final Timings timings = new Timings();

  @Test
  void theLastOfManyCallsCountAsMuchAsTheFirst() {
    add(2_000_000, Duration.ofMillis(1));
    add(2_000_000, Duration.ofMillis(3));
    add(50_000, Duration.ofMillis(500));
    assertThat(timings.count()).isEqualTo(4_050_000);
    assertRow(Duration.ofSeconds(4), 1_012_500, 3, 500, 500, 0);
  }

  @Test
  void whatTakesLongerThanAnHourIsAnHour() {
    add(1, Duration.ofDays(1));
    timings.fail();
    double hour = Duration.ofHours(1).toMillis();
    assertRow(Duration.ofSeconds(1), 1, hour, hour, hour, 1);
  }

  @Test
  void withoutCallsThereIsARowToo() {
    assertRow(Duration.ofSeconds(1), 0, 0, 0, 0, 0);
  }

  private void add(int count, Duration each) {
    for (int i = 0; i < count; i++) {
      timings.add(each.toNanos());
    }
  }

  /** Of the rate, the median, p99 and p99.9 in milliseconds, and the failures. */
  private void assertRow(Duration elapsed, double... wanted) {
    var cells = timings.row("puts", elapsed).split(" *\\| *");
    var told = Arrays.stream(cells).skip(2).mapToDouble(Double::parseDouble).toArray();
    assertThat(told).hasSameSizeAs(wanted);
    for (int i = 0; i < wanted.length; i++) {
      assertThat(told[i]).isCloseTo(wanted[i], withinPercentage(0.1));
    }
  }
}

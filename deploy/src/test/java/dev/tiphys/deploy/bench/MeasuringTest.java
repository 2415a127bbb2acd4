package dev.tiphys.deploy.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.deploy.bench.LoadGenerator.Load;
import dev.tiphys.deploy.bench.LoadGenerator.Shape;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How figures come out of what the load generator and the watchers say. */
class MeasuringTest {

  private static final String OUTPUT =
      """
      finished in 2.00s, 1000.00 req/s, 1.20MB/s
      requests: 2000 total, 2000 started, 2000 done, 1500 succeeded, 500 failed, 0 errored, 0 timeout
      status codes: 1500 2xx, 0 3xx, 500 4xx, 0 5xx
      """;

  @Test
  void onlySuccessesCountForTheRate() {
    Load load = LoadGenerator.read(OUTPUT, new Shape(2000, 8, 8), log());

    assertThat(load.perSecond()).isEqualTo(750);
    assertThat(load.failed()).isEqualTo(500);
  }

  @Test
  void quantilesComeFromTheTimesOfRequests() {
    Load load = LoadGenerator.read(OUTPUT, new Shape(2000, 8, 8), log());

    assertThat(load.p50()).isEqualTo(Duration.ofMillis(51));
    assertThat(load.p99()).isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void aGeneratorThatCouldNotConnectIsNoFigure() {
    assertThatThrownBy(() -> LoadGenerator.read("connect failed", new Shape(1, 1, 1), List.of()))
        .isInstanceOf(BenchFailure.class)
        .hasMessageContaining("connect failed");
  }

  @Test
  void manyInFlightShareConnections() {
    assertThat(Shape.inFlight(64, 100)).isEqualTo(new Shape(100, 8, 8));
    assertThat(Shape.inFlight(16, 100)).isEqualTo(new Shape(100, 4, 4));
    assertThat(Shape.inFlight(1, 100)).isEqualTo(new Shape(100, 1, 1));
  }

  @Test
  void anEventArrivesWhenTheLastWatcherHasIt() throws InterruptedException {
    Arrivals arrivals = new Arrivals(1, 2);
    arrivals.sending(0);

    take(arrivals.scan(), event(0));
    assertThat(arrivals.lost()).isEqualTo(1);

    take(arrivals.scan(), event(0));
    assertThat(arrivals.awaitBefore(1, Duration.ZERO)).isTrue();
    assertThat(arrivals.quantile(0.99, 0)).isPositive();
  }

  @Test
  void anEventIsFoundWhereverTheBytesAreDivided() {
    String text = "{\"f:sent\":{},\"\"sent\":" + event(1) + event(0);
    for (int cut = 1; cut < text.length(); cut++) {
      Arrivals arrivals = new Arrivals(2, 1);
      Arrivals.Scan scan = arrivals.scan();
      take(scan, text.substring(0, cut));
      take(scan, text.substring(cut));

      assertThat(arrivals.received()).as("cut at %d", cut).isEqualTo(2);
    }
  }

  private static String event(int number) {
    return "{\"data\":{\"sent\":\"" + Arrivals.number(number) + "\"}}";
  }

  private static void take(Arrivals.Scan scan, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    scan.take(bytes, 0, bytes.length);
  }

  /** A hundred requests that took 1 to 100 milliseconds, and one that failed. */
  private static List<String> log() {
    List<String> lines = new ArrayList<>();
    for (int i = 1; i <= 100; i++) {
      lines.add("1700000000000000\t200\t" + i * 1000);
    }
    lines.add("1700000000000000\t-1\t9999999");
    return lines;
  }
}

package dev.tiphys.store.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a leader speaks, with an interval of 100 ms. */
class HeartbeatTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0, 100",
    "60, 60, 40",
    "100, 100, 0",
    // Not answered yet: half an interval later again.
    "130, 30, 20",
    "500, 50, 0"
  })
  void itIsDueAnIntervalAfterTheLastAnswer(long sinceAnswer, long sinceBeat, long due) {
    var heartbeat = new Heartbeat(Duration.ofMillis(100));
    assertThat(heartbeat.dueInMillis(sinceAnswer, sinceBeat)).isEqualTo(due);
  }
}

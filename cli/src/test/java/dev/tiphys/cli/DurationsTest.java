package dev.tiphys.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationsTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0s",
    "119, 119s",
    "120, 2m",
    "125, 2m5s",
    "599, 9m59s",
    "600, 10m",
    "10799, 179m",
    "10800, 3h",
    "11000, 3h3m",
    "28800, 8h",
    "172799, 47h",
    "172800, 2d",
    "176400, 2d1h",
    "691200, 8d",
    "63072000, 2y",
    "63158400, 2y1d",
    "252288000, 8y"
  })
  void agesAreShownInTwoUnitsAtMost(long seconds, String shown) {
    assertThat(Durations.shown(Duration.ofSeconds(seconds))).isEqualTo(shown);
  }

  @Test
  void optionsTakeGoDurationsAndSeconds() {
    assertThat(Durations.parse("timeout", "1m30s")).isEqualTo(Duration.ofSeconds(90));
    assertThat(Durations.parse("timeout", "90")).isEqualTo(Duration.ofSeconds(90));
    assertThatThrownBy(() -> Durations.parse("timeout", "soon"))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("--timeout");
  }
}

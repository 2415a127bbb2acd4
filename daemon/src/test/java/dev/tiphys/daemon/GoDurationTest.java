package dev.tiphys.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoDurationTest {

  @ParameterizedTest
  @CsvSource({"1h30m, 5400000", "1.5s, 1500", "300ms, 300", "0, 0", "-2s, -2000", "1m0.5s, 60500"})
  void readsGoNotation(String text, long millis) {
    assertThat(GoDuration.parse(text)).contains(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "s", "1.2.3s", "1 s", "3d", "."})
  void refusesTheRest(String text) {
    assertThat(GoDuration.parse(text)).isEmpty();
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThat(GoDuration.parse("9999999999h")).isEmpty();
  }
}

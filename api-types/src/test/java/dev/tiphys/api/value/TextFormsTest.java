package dev.tiphys.api.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextFormsTest {

  @ParameterizedTest
  @CsvSource({
    "0,0s",
    "1h,1h0m0s",
    "90s,1m30s",
    "1.5s,1.5s",
    "500ms,500ms",
    "1500us,1.5ms",
    "10ns,10ns",
    "-1h5m,-1h5m0s",
    "1h0.5s,1h0m0.5s",
    "2562047h,2562047h0m0s"
  })
  void durationsHaveACanonicalText(String text, String canonical) {
    assertThat(GoDuration.format(GoDuration.parse(text))).isEqualTo(canonical);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-", "5", "h", "1x", "1.2.3s", "9999999999h"})
  void refusesWhatIsNoDuration(String text) {
    assertThatThrownBy(() -> GoDuration.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Property
  void durationsReadBack(@ForAll @LongRange(min = -Long.MAX_VALUE) long nanos) {
    Duration duration = Duration.ofNanos(nanos);
    assertThat(GoDuration.parse(GoDuration.format(duration))).isEqualTo(duration);
  }

  @Test
  void momentsAreInUtc() {
    Instant time = Rfc3339.parse("2026-03-04T07:06:07.1234567+02:00");
    assertThat(Rfc3339.seconds(time)).isEqualTo("2026-03-04T05:06:07Z");
    assertThat(Rfc3339.micros(time)).isEqualTo("2026-03-04T05:06:07.123456Z");
  }

  @Property
  void momentsReadBack(@ForAll @LongRange(min = 0, max = 253_402_300_799L) long second) {
    Instant time = Instant.ofEpochSecond(second);
    assertThat(Rfc3339.parse(Rfc3339.seconds(time))).isEqualTo(time);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-01-02T03:04:60Z",
        "2026-02-30T00:00:00Z",
        "2026-01-02t03:04:05Z",
        "2026-01-0aT03:04:05Z",
        "",
        "x",
        "2026-01-02",
        "2026-01-02T03:04Z",
        "2026-13-01T00:00:00Z"
      })
  void refusesWhatIsNoMoment(String text) {
    assertThatThrownBy(() -> Rfc3339.parse(text))
        .hasMessageStartingWith("parsing time \"" + text + "\" as \"2006-01-02T15:04:05Z07:00\"");
  }
}

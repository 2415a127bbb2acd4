package dev.tiphys.api.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.api.value.Quantity.Format;
import java.math.BigDecimal;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {

  @ParameterizedTest
  @CsvSource({
    "0,0",
    "0Mi,0",
    "1,1",
    "+1,1",
    "-1,-1",
    "1000m,1",
    "1500m,1500m",
    "1.5,1500m",
    "0.5,500m",
    ".5,500m",
    "5.,5",
    "100m,100m",
    "0.001,1m",
    "1k,1k",
    "1000,1k",
    "1001,1001",
    "1000000,1M",
    "1024Mi,1Gi",
    "1Gi,1Gi",
    "1.5Gi,1536Mi",
    "1023,1023",
    "100Ki,100Ki",
    "0.5Mi,512Ki",
    "0.1Ki,102400m",
    "1e3,1e3",
    "1E3,1e3",
    "1000e3,1e6",
    "12e-1,1200e-3",
    "1E,1E",
    "10E,10E",
    "9223372036854775808,9223372036854775807",
    "1n,1n",
    "0.1n,1n",
    "-0.1n,-1n",
    "1u,1u",
    "8Ei,9223372036854775807",
  })
  void writesTheCanonicalText(String text, String canonical) {
    assertThat(Quantity.parse(text)).hasToString(canonical);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "1.1.M", "1+1.0M", "0.1mi", "0.1am", "aoeu", ".5i", "1i", "-3.01i"})
  void refusesWhatIsNoQuantity(String text) {
    assertThatThrownBy(() -> Quantity.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void tellsWhatIsWrong() {
    assertThatThrownBy(() -> Quantity.parse("abc"))
        .hasMessage(
            "quantities must match the regular expression"
                + " '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
    assertThatThrownBy(() -> Quantity.parse("1Mii"))
        .hasMessage("unable to parse quantity's suffix");
  }

  @Test
  void roundsUpToWholeUnitsAndThousandths() {
    assertThat(Quantity.parse("1500m").value()).isEqualTo(2);
    assertThat(Quantity.parse("-1500m").value()).isEqualTo(-1);
    assertThat(Quantity.parse("100u").milliValue()).isEqualTo(1);
    assertThat(Quantity.parse("2Gi").value()).isEqualTo(2L << 30);
    assertThat(Quantity.parse("1u").roundUp(3)).hasToString("1m");
  }

  @Test
  void addsInTheFirstFormatUnlessItIsZero() {
    assertThat(Quantity.parse("512Mi").plus(Quantity.parse("512Mi"))).hasToString("1Gi");
    assertThat(Quantity.ZERO.plus(Quantity.parse("1Ki"))).hasToString("1Ki");
    assertThat(Quantity.parse("1").minus(Quantity.parse("100m"))).hasToString("900m");
    assertThat(Quantity.parse("100m").times(3)).hasToString("300m");
  }

  @Test
  void comparesByAmountAndEqualsByFormatToo() {
    assertThat(Quantity.parse("1Ki")).isEqualByComparingTo(Quantity.parse("1024"));
    assertThat(Quantity.parse("1Ki")).isNotEqualTo(Quantity.parse("1024"));
    assertThat(Quantity.parse("1000m"))
        .isEqualTo(Quantity.parse("1"))
        .hasSameHashCodeAs(Quantity.of(1));
  }

  @Property
  void canonicalTextReadsBackAsTheSame(
      @ForAll @LongRange(min = -Long.MAX_VALUE) long unscaled,
      @ForAll @IntRange(min = 0, max = 9) int scale,
      @ForAll Format format) {
    Quantity quantity = Quantity.of(BigDecimal.valueOf(unscaled, scale), format);
    Quantity again = Quantity.parse(quantity.toString());
    assertThat(again).isEqualByComparingTo(quantity);
    // Binary without a suffix reads as decimal: 1813000 becomes 1813k, upstream too.
    if (format != Format.BINARY_SI || quantity.toString().endsWith("i")) {
      assertThat(again).hasToString(quantity.toString());
    }
    assertThat(Quantity.parse(again.toString())).hasToString(again.toString());
  }
}

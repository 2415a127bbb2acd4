package dev.tiphys.deploy.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {
  @Test
  void countsAddressesFromTheFirst() {
    assertThat(Cidr.parse("10.96.0.0/12").address(1)).isEqualTo("10.96.0.1");
    assertThat(Cidr.parse("10.244.0.0/16").address(256)).isEqualTo("10.244.1.0");
  }

  @Test
  void addressesAboveHalfTheRangeOfAnIntAreWrittenUnsigned() {
    assertThat(Cidr.parse("203.0.113.0/24")).hasToString("203.0.113.0/24");
  }

  @Test
  void firstSubnetOfASmallerRangeIsTheRangeItself() {
    assertThat(Cidr.parse("10.244.0.0/16").firstSubnet(24)).hasToString("10.244.0.0/24");
    assertThat(Cidr.parse("10.244.7.0/26").firstSubnet(24)).hasToString("10.244.7.0/26");
  }

  @ParameterizedTest
  @CsvSource({
    "10.96.0.0/12, 10.100.0.0/16, true",
    "10.100.0.0/16, 10.96.0.0/12, true",
    "10.96.0.0/12, 10.244.0.0/16, false",
    "0.0.0.0/0, 10.244.0.0/16, true"
  })
  void overlaps(String one, String other, boolean expected) {
    assertThat(Cidr.parse(one).overlaps(Cidr.parse(other))).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "10.0.0.0", "10.0.0.0/33", "10.0.256.0/24", "fd00::/64", "10.0.0.0/-1"})
  void refusesWhatIsNoRange(String text) {
    assertThatThrownBy(() -> Cidr.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void tellsTheRangeThatWasMeant() {
    assertThatThrownBy(() -> Cidr.parse("10.244.1.7/16"))
        .hasMessageContaining("write 10.244.0.0/16");
  }
}

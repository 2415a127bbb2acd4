package dev.tiphys.apiserver.strategy.allocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangeTest {

  private final AddressRange range = AddressRange.parse("10.96.0.0/12");

  @Test
  void addressesCountFromTheNetwork() {
    assertThat(range.at(1)).isEqualTo("10.96.0.1");
    assertThat(range.at(256)).isEqualTo("10.96.1.0");
    assertThat(range.size()).isEqualTo((1 << 20) - 2);
  }

  @ParameterizedTest
  @CsvSource({
    "10.96.0.1, true",
    "10.111.255.254, true",
    "10.96.0.0, false",
    "10.111.255.255, false",
    "10.112.0.1, false",
    "nonsense, false",
    "fd00::1, false"
  })
  void networkAndBroadcastAreNotGivenOut(String address, boolean contained) {
    assertThat(range.contains(address)).isEqualTo(contained);
  }

  @ParameterizedTest
  @CsvSource({"10.0.0.0/28, 0", "10.0.0.0/24, 16", "10.0.0.0/20, 255", "10.0.0.0/12, 256"})
  void theStaticBandIsASixteenthWithinBounds(String cidr, long band) {
    assertThat(AddressRange.parse(cidr).staticBand()).isEqualTo(band);
  }

  @Test
  void ofTheNewerFamilyOnlyTheNetworkIsNotGivenOut() {
    AddressRange six = AddressRange.parse("fd00:10:96::12/112");

    assertThat(six).hasToString("fd00:10:96::/112");
    assertThat(six.size()).isEqualTo(0xffff);
    assertThat(six.at(1)).isEqualTo("fd00:10:96::1");
    assertThat(six.contains("FD00:10:96:0::ffff")).isTrue();
    assertThat(six.contains("fd00:10:96::")).isFalse();
    assertThat(six.contains("fd00:10:96::1:0")).isFalse();
    assertThat(six.contains("10.96.0.1")).isFalse();
    assertThat(six.staticBand()).isEqualTo(256);
  }

  @Test
  void theLargestRangeHasMoreAddressesThanCanBeCounted() {
    AddressRange six = AddressRange.parse("2001:db8::/64");

    assertThat(six.size()).isEqualTo(Long.MAX_VALUE);
    assertThat(six.contains("2001:db8::ffff:ffff:ffff:ffff")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.0",
        "10.0.0.0/31",
        "10.0.0.0/33",
        "fd00::/63",
        "fd00::/128",
        "10.0.0/16",
        "a.b.c.d/16",
        ""
      })
  void whatIsNoRangeIsRefused(String text) {
    assertThatThrownBy(() -> AddressRange.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}

package dev.tiphys.apiserver.strategy.allocation;

import dev.tiphys.apiserver.strategy.IpText;
import java.math.BigInteger;
import java.net.InetAddress;

/**
 * A range of service addresses of either family.
 *
 * @param base the network address, as an unsigned number
 * @param prefix length: up to 30 for IPv4, 64 to 127 for IPv6
 * @param v6 whether it is of the newer family
 */
public record AddressRange(BigInteger base, int prefix, boolean v6) {

  private static final int LARGEST_BAND = 256;
  private static final int SMALLEST_BAND = 16;
  private static final int LONGEST_V4 = 30;
  private static final int SHORTEST_V6 = 64;
  private static final int LONGEST_V6 = 127;

  /**
   * Reads {@code 10.96.0.0/12} or {@code fd00:10:96::/112}.
   *
   * @throws IllegalArgumentException with a sentence that says what is wrong
   */
  public static AddressRange parse(String cidr) {
    if (!IpText.isRange(cidr)) {
      throw new IllegalArgumentException(
          cidr + " is not a range of addresses such as 10.96.0.0/12 or fd00:10:96::/112");
    }
    String address = cidr.substring(0, cidr.indexOf('/'));
    int prefix = Integer.parseInt(cidr.substring(cidr.indexOf('/') + 1));
    boolean v6 = IpText.isV6(address);
    if (!v6 && (prefix < 1 || prefix > LONGEST_V4)) {
      throw new IllegalArgumentException(
          "the prefix of " + cidr + " must be between 1 and 30, to hold some addresses");
    }
    if (v6 && prefix < SHORTEST_V6) {
      throw new IllegalArgumentException(
          "shortest allowed prefix length for service CIDR is 64, got " + prefix);
    }
    if (v6 && prefix > LONGEST_V6) {
      throw new IllegalArgumentException(
          "the prefix of " + cidr + " must be at most 127, to hold some addresses");
    }
    int drop = bits(v6) - prefix;
    return new AddressRange(number(address).shiftRight(drop).shiftLeft(drop), prefix, v6);
  }

  /** Whether {@link #parse} can read a range. */
  public static boolean isUsable(String cidr) {
    try {
      return parse(cidr).size() > 0;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  /** Its family, {@code IPv4} or {@code IPv6}. */
  public String family() {
    return v6 ? "IPv6" : "IPv4";
  }

  /**
   * How many addresses there are, the network's not counted, nor the broadcast address of IPv4; at
   * most as many as a long can count.
   */
  public long size() {
    int host = bits(v6) - prefix;
    return host >= Long.SIZE - 1 ? Long.MAX_VALUE : (1L << host) - (v6 ? 1 : 2);
  }

  /** The address at an offset; 1 is the first usable one, which is the API server's own. */
  public String at(long offset) {
    return IpText.canonical(base.add(BigInteger.valueOf(offset)), v6);
  }

  /** Whether an address may be given to a service. */
  public boolean contains(String address) {
    if (!IpText.isAddress(address) || IpText.isV6(address) != v6) {
      return false;
    }
    BigInteger last = BigInteger.ONE.shiftLeft(bits(v6) - prefix);
    BigInteger offset = number(address).subtract(base);
    return offset.signum() > 0 && offset.compareTo(v6 ? last : last.subtract(BigInteger.ONE)) < 0;
  }

  /**
   * How many addresses at the beginning are left to those who choose theirs, as long as others are
   * free (KEP-3070): a sixteenth of the range, within bounds.
   */
  public long staticBand() {
    if (size() <= SMALLEST_BAND) {
      return 0;
    }
    return Math.max(SMALLEST_BAND, Math.min(LARGEST_BAND, size() / 16));
  }

  private static int bits(boolean v6) {
    return v6 ? 128 : 32;
  }

  private static BigInteger number(String text) {
    InetAddress address = IpText.parse(text);
    if (address == null) {
      throw new IllegalArgumentException(text + " is not an address");
    }
    return new BigInteger(1, address.getAddress());
  }

  @Override
  public String toString() {
    return at(0) + "/" + prefix;
  }
}

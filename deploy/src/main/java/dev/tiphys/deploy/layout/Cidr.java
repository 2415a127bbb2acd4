package dev.tiphys.deploy.layout;

import java.util.regex.Pattern;

/**
 * A range of IPv4 addresses, with its host bits zero.
 *
 * @param network the first address, as an unsigned 32-bit number
 * @param prefix the length of the mask, 0 to 32
 */
public record Cidr(int network, int prefix) {
  private static final Pattern FORM =
      Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})/(\\d{1,2})");

  public Cidr {
    if (prefix < 0 || prefix > 32) {
      throw new IllegalArgumentException("the mask of an IPv4 range is 0 to 32, not " + prefix);
    }
    if ((network & ~mask(prefix)) != 0) {
      throw new IllegalArgumentException(
          text(network)
              + "/"
              + prefix
              + " has host bits: write "
              + text(network & mask(prefix))
              + "/"
              + prefix);
    }
  }

  /**
   * Reads {@code a.b.c.d/n}.
   *
   * @throws IllegalArgumentException with a sentence for the user
   */
  public static Cidr parse(String text) {
    var match = FORM.matcher(text);
    if (!match.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not an IPv4 range such as 10.244.0.0/16");
    }
    int network = 0;
    for (int group = 1; group <= 4; group++) {
      int octet = Integer.parseInt(match.group(group));
      if (octet > 255) {
        throw new IllegalArgumentException(
            "'" + text + "' is not an IPv4 range: " + octet + " is over 255");
      }
      network = network << 8 | octet;
    }
    return new Cidr(network, Integer.parseInt(match.group(5)));
  }

  private static int mask(int prefix) {
    return prefix == 0 ? 0 : -1 << (32 - prefix);
  }

  private static String text(int address) {
    return (address >>> 24)
        + "."
        + (address >>> 16 & 255)
        + "."
        + (address >>> 8 & 255)
        + "."
        + (address & 255);
  }

  /** The address {@code offset} places after the first. */
  public String address(int offset) {
    return text(network + offset);
  }

  /** The first sub-range of the given mask; this very range when it is no larger. */
  public Cidr firstSubnet(int length) {
    return new Cidr(network, Math.max(prefix, length));
  }

  public boolean overlaps(Cidr other) {
    int common = mask(Math.min(prefix, other.prefix));
    return (network & common) == (other.network & common);
  }

  @Override
  public String toString() {
    return text(network) + "/" + prefix;
  }
}

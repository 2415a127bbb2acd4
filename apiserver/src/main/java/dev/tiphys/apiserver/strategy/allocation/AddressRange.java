package dev.tiphys.apiserver.strategy.allocation;

/**
 * A range of IPv4 service addresses.
 *
 * @param base the network address, as an unsigned number
 * @param prefix length, 8 to 30
 */
public record AddressRange(long base, int prefix) {

  private static final int LARGEST_BAND = 256;
  private static final int SMALLEST_BAND = 16;

  /**
   * Reads {@code 10.96.0.0/12}.
   *
   * @throws IllegalArgumentException with a sentence that says what is wrong
   */
  public static AddressRange parse(String cidr) {
    String[] parts = cidr.split("/", -1);
    if (parts.length != 2 || !parts[1].matches("[0-9]{1,2}")) {
      throw new IllegalArgumentException(cidr + " is not an IPv4 range such as 10.96.0.0/12");
    }
    int prefix = Integer.parseInt(parts[1]);
    if (prefix < 8 || prefix > 30) {
      throw new IllegalArgumentException(
          "the prefix of " + cidr + " must be between 8 and 30, to hold some addresses");
    }
    long mask = 0xffffffffL << (32 - prefix) & 0xffffffffL;
    return new AddressRange(number(parts[0]) & mask, prefix);
  }

  /** Whether {@link #parse} can read a range: whether it is of this family and has some room. */
  public static boolean isUsable(String cidr) {
    try {
      return parse(cidr).size() > 0;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  /** How many addresses there are, the network's and the broadcast address not counted. */
  public long size() {
    return (1L << (32 - prefix)) - 2;
  }

  /** The address at an offset; 1 is the first usable one, which is the API server's own. */
  public String at(long offset) {
    long address = base + offset;
    return (address >> 24 & 255)
        + "."
        + (address >> 16 & 255)
        + "."
        + (address >> 8 & 255)
        + "."
        + (address & 255);
  }

  /** Whether an address may be given to a service. */
  public boolean contains(String address) {
    try {
      long offset = number(address) - base;
      return offset >= 1 && offset <= size();
    } catch (IllegalArgumentException e) {
      return false;
    }
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

  private static long number(String address) {
    String[] parts = address.split("\\.", -1);
    if (parts.length != 4) {
      throw new IllegalArgumentException(address + " is not an IPv4 address");
    }
    long number = 0;
    for (String part : parts) {
      if (!part.matches("[0-9]{1,3}") || Integer.parseInt(part) > 255) {
        throw new IllegalArgumentException(address + " is not an IPv4 address");
      }
      number = number << 8 | Integer.parseInt(part);
    }
    return number;
  }
}

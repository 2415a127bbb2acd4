package dev.tiphys.controllermanager.node;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * A range of addresses cut into equal parts, one a node. Immutable; which parts are taken is asked
 * of the nodes each time.
 *
 * @param base the first address of the range
 * @param bytes 4 or 16, the length of an address
 * @param prefix of the range
 * @param part prefix of a part
 */
record CidrPool(BigInteger base, int bytes, int prefix, int part) {

  /** No more parts than this, for a part is sought one by one. */
  private static final int MOST_PARTS_BITS = 16;

  /**
   * A pool.
   *
   * @param cidr as {@code 10.244.0.0/16}
   * @param part the prefix of a part, as 24
   * @throws IllegalArgumentException if the text is no range or does not hold such parts
   */
  static CidrPool of(String cidr, int part) {
    int slash = cidr.indexOf('/');
    if (slash < 0 || !cidr.substring(0, slash).matches("[0-9a-fA-F.:]+")) {
      throw new IllegalArgumentException(cidr + " is not a range such as 10.244.0.0/16");
    }
    byte[] address;
    int prefix;
    try {
      address = InetAddress.getByName(cidr.substring(0, slash)).getAddress();
      prefix = Integer.parseInt(cidr.substring(slash + 1));
    } catch (UnknownHostException | NumberFormatException e) {
      throw new IllegalArgumentException(cidr + " is not a range such as 10.244.0.0/16", e);
    }
    int bits = address.length * 8;
    if (prefix < 0 || prefix > bits || part < prefix || part > bits) {
      throw new IllegalArgumentException(
          "%s cannot be cut into parts of /%d".formatted(cidr, part));
    }
    if (part - prefix > MOST_PARTS_BITS) {
      throw new IllegalArgumentException(
          "%s has more than %d parts of /%d".formatted(cidr, 1 << MOST_PARTS_BITS, part));
    }
    BigInteger base = new BigInteger(1, address).shiftRight(bits - prefix).shiftLeft(bits - prefix);
    return new CidrPool(base, address.length, prefix, part);
  }

  /** Whether the addresses are of IPv6. */
  boolean six() {
    return bytes == 16;
  }

  /** The first part that is not among those taken; empty if there is none. */
  Optional<String> free(Collection<String> taken) {
    Set<String> known = new HashSet<>(taken);
    for (int number = 0; number < 1 << (part - prefix); number++) {
      String candidate = text(number);
      if (!known.contains(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  private String text(int number) {
    BigInteger value = base.add(BigInteger.valueOf(number).shiftLeft(bytes * 8 - part));
    byte[] raw = value.toByteArray();
    byte[] address = new byte[bytes];
    int length = Math.min(raw.length, bytes);
    System.arraycopy(raw, raw.length - length, address, bytes - length, length);
    try {
      return (six() ? compress(address) : InetAddress.getByAddress(address).getHostAddress())
          + "/"
          + part;
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  /** RFC 5952: the longest run of zero groups is left out. */
  private static String compress(byte[] address) {
    int[] groups = new int[8];
    for (int i = 0; i < 8; i++) {
      groups[i] = (address[2 * i] & 0xff) << 8 | address[2 * i + 1] & 0xff;
    }
    int start = -1;
    int longest = 1;
    for (int i = 0; i < 8; i++) {
      int end = i;
      while (end < 8 && groups[end] == 0) {
        end++;
      }
      if (end - i > longest) {
        longest = end - i;
        start = i;
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      if (i == start) {
        text.append(i == 0 ? "::" : ":");
        i += longest - 1;
      } else {
        text.append(Integer.toHexString(groups[i])).append(i == 7 ? "" : ":");
      }
    }
    return text.toString();
  }
}

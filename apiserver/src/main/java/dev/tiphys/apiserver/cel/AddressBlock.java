package dev.tiphys.apiserver.cel;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * A block of IP addresses, in expressions.
 *
 * @param address as written, which may have bits behind the prefix
 * @param bits of the prefix
 */
record AddressBlock(Address address, int bits) {

  /**
   * Reads a block, as {@code 10.0.0.0/8}.
   *
   * @throws IllegalArgumentException if it is none
   */
  static AddressBlock parse(String text) {
    int slash = text.indexOf('/');
    if (slash > 0 && text.substring(slash + 1).matches("0|[1-9]\\d{0,2}")) {
      Address address = Address.parse(text.substring(0, slash));
      int bits = Integer.parseInt(text.substring(slash + 1));
      if (bits <= address.address().getAddress().length * 8) {
        return new AddressBlock(address, bits);
      }
    }
    throw new IllegalArgumentException(
        "network address parse error during conversion from string: \"" + text + "\"");
  }

  AddressBlock masked() {
    byte[] bytes = address.address().getAddress();
    for (int i = 0; i < bytes.length; i++) {
      int kept = Math.max(0, Math.min(8, bits - 8 * i));
      bytes[i] &= (byte) (0xff << 8 - kept);
    }
    try {
      return new AddressBlock(new Address(InetAddress.getByAddress(bytes)), bits);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of a known length", e);
    }
  }

  boolean contains(AddressBlock other) {
    return address.family() == other.address().family()
        && other.bits() >= bits
        && new AddressBlock(other.address(), bits).masked().address().equals(masked().address());
  }

  String text() {
    return address.text() + "/" + bits;
  }
}

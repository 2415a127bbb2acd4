package dev.tiphys.controllermanager.servicecidr;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * A range of addresses.
 *
 * @param base the first address, as an unsigned number
 * @param bits 32 or 128
 * @param length of the prefix
 */
record Prefix(BigInteger base, int bits, int length) {

  /** Reads {@code 10.96.0.0/16}; empty for what is no range. */
  static Optional<Prefix> parse(String cidr) {
    String[] parts = cidr.split("/", -1);
    if (parts.length != 2 || !parts[1].matches("[0-9]{1,3}")) {
      return Optional.empty();
    }
    int length = Integer.parseInt(parts[1]);
    return bytes(parts[0])
        .filter(bytes -> length <= bytes.length * 8)
        .map(bytes -> {
          int host = bytes.length * 8 - length;
          BigInteger base = new BigInteger(1, bytes).shiftRight(host).shiftLeft(host);
          return new Prefix(base, bytes.length * 8, length);
        });
  }

  private static Optional<byte[]> bytes(String address) {
    if (!address.matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(address).getAddress());
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  /** Whether another range lies within this one, or is the same. */
  boolean contains(Prefix other) {
    return bits == other.bits
        && length <= other.length
        && other.base.shiftRight(bits - length).equals(base.shiftRight(bits - length));
  }

  /** Whether an address may be given from this range: the network's, and broadcast, are not. */
  boolean gives(String address) {
    return bytes(address)
        .filter(bytes -> bytes.length * 8 == bits)
        .map(bytes -> new BigInteger(1, bytes).subtract(base))
        .filter(offset -> {
          BigInteger size = BigInteger.ONE.shiftLeft(bits - length);
          BigInteger end = bits == 32 ? size.subtract(BigInteger.ONE) : size;
          return offset.signum() > 0 && offset.compareTo(end) < 0;
        })
        .isPresent();
  }
}

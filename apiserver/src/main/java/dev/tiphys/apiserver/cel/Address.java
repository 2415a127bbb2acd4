package dev.tiphys.apiserver.cel;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** An IP address of either family, in expressions. */
record Address(InetAddress address) {

  /**
   * Reads an address.
   *
   * @throws IllegalArgumentException if it is none, or one family within the other
   */
  static Address parse(String text) {
    boolean v4 = text.matches("(0|[1-9]\\d{0,2})(\\.(0|[1-9]\\d{0,2})){3}");
    boolean v6 = text.contains(":") && text.matches("[0-9a-fA-F:]+");
    try {
      if (v4 || v6) {
        InetAddress address = InetAddress.getByName(text);
        if (v4 == address instanceof Inet4Address) {
          return new Address(address);
        }
      }
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(
          "IP Address \"" + text + "\" parse error during conversion from string", e);
    }
    throw new IllegalArgumentException(
        "IP Address \"" + text + "\" parse error during conversion from string");
  }

  int family() {
    return address instanceof Inet4Address ? 4 : 6;
  }

  boolean isGlobalUnicast() {
    byte[] bytes = address.getAddress();
    boolean broadcast = family() == 4 && (bytes[0] & bytes[1] & bytes[2] & bytes[3]) == -1;
    return !broadcast
        && !address.isAnyLocalAddress()
        && !address.isLoopbackAddress()
        && !address.isMulticastAddress()
        && !address.isLinkLocalAddress();
  }

  /** The one form of RFC 5952: lower case, the longest run of zeros left out. */
  String text() {
    byte[] bytes = address.getAddress();
    if (bytes.length == 4) {
      return address.getHostAddress();
    }
    int[] groups = new int[8];
    for (int i = 0; i < 8; i++) {
      groups[i] = (bytes[2 * i] & 0xff) << 8 | bytes[2 * i + 1] & 0xff;
    }
    int start = -1;
    int length = 1;
    for (int i = 0; i < 8; i++) {
      int end = i;
      while (end < 8 && groups[end] == 0) {
        end++;
      }
      if (end - i > length) {
        start = i;
        length = end - i;
      }
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      if (i == start) {
        out.append("::");
        i += length - 1;
      } else {
        out.append(out.isEmpty() || out.charAt(out.length() - 1) == ':' ? "" : ":")
            .append(Integer.toHexString(groups[i]));
      }
    }
    return out.toString();
  }
}

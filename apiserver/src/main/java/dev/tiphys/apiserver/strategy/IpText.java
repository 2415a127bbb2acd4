package dev.tiphys.apiserver.strategy;

import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import java.math.BigInteger;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** IP addresses and ranges as texts. Pure: nothing is looked up. */
public final class IpText {

  /** What a text must be that is no address. */
  public static final String NOT_AN_ADDRESS =
      "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";

  /** What a text must be that is no range. */
  public static final String NOT_A_RANGE =
      "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";

  private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
  private static final Pattern V4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
  private static final Pattern V6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  private IpText() {}

  /** The family of an address, {@code IPv4} or {@code IPv6}, as its text shows. */
  public static String family(String text) {
    return isV6(text) ? "IPv6" : "IPv4";
  }

  /** The address, or null if the text is none. */
  public static @Nullable InetAddress parse(@Nullable String text) {
    if (text == null || !(V4.matcher(text).matches() || V6.matcher(text).matches())) {
      return null;
    }
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException _) {
      return null;
    }
  }

  /** Whether a text is an address of either family. */
  public static boolean isAddress(@Nullable String text) {
    return parse(text) != null;
  }

  /** Whether an address is of the newer family, as its text shows. */
  public static boolean isV6(String text) {
    return text.contains(":");
  }

  /** The one text that an address should have; a text that is no address stays as it is. */
  public static String canonical(String text) {
    InetAddress address = parse(text);
    return address == null ? text : canonical(address);
  }

  /** The text of the address with a number. */
  public static String canonical(BigInteger number, boolean v6) {
    byte[] bytes = new byte[v6 ? 16 : 4];
    byte[] digits = number.toByteArray();
    for (int i = 1; i <= Math.min(bytes.length, digits.length); i++) {
      bytes[bytes.length - i] = digits[digits.length - i];
    }
    try {
      return canonical(InetAddress.getByAddress(bytes));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of " + bytes.length + " bytes", e);
    }
  }

  /** The one text that an address should have (RFC 5952). */
  public static String canonical(InetAddress address) {
    if (!(address instanceof Inet6Address)) {
      return address.getHostAddress();
    }
    String[] groups = address.getHostAddress().replaceAll("%.*", "").split(":", -1);
    int start = -1;
    int longest = 1;
    for (int i = 0; i < groups.length; i++) {
      int end = i;
      while (end < groups.length && groups[end].equals("0")) {
        end++;
      }
      if (end - i > longest) {
        start = i;
        longest = end - i;
      }
    }
    if (start < 0) {
      return String.join(":", groups);
    }
    String before = String.join(":", java.util.Arrays.copyOfRange(groups, 0, start));
    String after =
        String.join(":", java.util.Arrays.copyOfRange(groups, start + longest, groups.length));
    return before + "::" + after;
  }

  /** Says that a text must be an address, if it is none. */
  public static void check(@Nullable String text, Path path, FieldErrors errors) {
    if (!isAddress(text)) {
      errors.invalid(path, text == null ? "" : text, NOT_AN_ADDRESS);
    }
  }

  /** Says that a text must be a range, if it is none. */
  public static boolean checkRange(@Nullable String text, Path path, FieldErrors errors) {
    if (!isRange(text)) {
      errors.invalid(path, text == null ? "" : text, NOT_A_RANGE);
      return false;
    }
    return true;
  }

  /** Whether a text is a range, {@code ADDRESS/PREFIX}. */
  public static boolean isRange(@Nullable String text) {
    String[] parts = text == null ? new String[0] : text.split("/", -1);
    if (parts.length != 2 || !isAddress(parts[0]) || !parts[1].matches("0|[1-9][0-9]{0,2}")) {
      return false;
    }
    return Integer.parseInt(parts[1]) <= (isV6(parts[0]) ? 128 : 32);
  }

  /**
   * Whether a range lies within another; both must be ranges.
   *
   * @param strictly whether the other must also be larger
   */
  public static boolean within(String inner, String outer, boolean strictly) {
    String[] small = inner.split("/", -1);
    String[] large = outer.split("/", -1);
    if (isV6(small[0]) != isV6(large[0])) {
      return false;
    }
    int prefix = Integer.parseInt(large[1]);
    int length = Integer.parseInt(small[1]);
    int drop = (isV6(small[0]) ? 128 : 32) - prefix;
    return (strictly ? length > prefix : length >= prefix)
        && number(small[0]).shiftRight(drop).equals(number(large[0]).shiftRight(drop));
  }

  private static BigInteger number(String address) {
    InetAddress parsed = parse(address);
    return parsed == null ? BigInteger.ZERO : new BigInteger(1, parsed.getAddress());
  }
}

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

  static final String LEADING_ZEROS = "must not have leading 0s";
  static final String MAPPED = "must not be an IPv4-mapped IPv6 address";
  static final String LEADING_ZEROS_OF_RANGE = "must not have leading 0s in IP or prefix length";
  static final String MAPPED_RANGE = "must not have an IPv4-mapped IPv6 address";
  static final String BITS_BEYOND = "must not have bits set beyond the prefix length";

  private static final String OCTET = "0*(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
  private static final Pattern V4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
  private static final Pattern LEADING_ZERO = Pattern.compile("(.*[.:])?0[0-9]+(\\..*)?");
  private static final Pattern V6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  private IpText() {}

  /** The family of an address, {@code IPv4} or {@code IPv6}, as its text shows. */
  public static String family(String text) {
    return isV6(text) ? "IPv6" : "IPv4";
  }

  /**
   * The address, or null if the text is none. Zeros before the numbers of an IPv4 address are
   * passed over, as they always were; an IPv4 address written as one of IPv6 is that of IPv4.
   */
  public static @Nullable InetAddress parse(@Nullable String text) {
    if (text == null || !(V4.matcher(text).matches() || V6.matcher(text).matches())) {
      return null;
    }
    try {
      return InetAddress.getByName(text.contains(".") ? withoutZeros(text) : text);
    } catch (UnknownHostException _) {
      return null;
    }
  }

  /** Java takes {@code 010} for ten in some places and for eight in others. */
  private static String withoutZeros(String text) {
    int dotted = text.lastIndexOf(':') + 1;
    return text.substring(0, dotted)
        + text.substring(dotted).replaceAll("(^|\\.)0+([0-9])", "$1$2");
  }

  /** Whether an address has zeros before a number, which some read as octal. */
  static boolean hasLeadingZeros(String text) {
    return text.contains(".")
        && LEADING_ZERO.matcher(text.substring(text.lastIndexOf(':') + 1)).matches();
  }

  /** Whether an address of IPv4 is written as one of IPv6. */
  static boolean isMapped(String text) {
    return isV6(text) && !(parse(text) instanceof Inet6Address);
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

  /** Says that a text must be an address of unmistakable form, if it is none. */
  public static void check(@Nullable String text, Path path, FieldErrors errors) {
    if (text == null || !isAddress(text)) {
      errors.invalid(path, text == null ? "" : text, NOT_AN_ADDRESS);
      return;
    }
    if (hasLeadingZeros(text)) {
      errors.invalid(path, text, LEADING_ZEROS);
    } else if (isMapped(text)) {
      errors.invalid(path, text, MAPPED);
    }
  }

  /** Says that a text must be a range of unmistakable form, if it is none. */
  public static boolean checkRange(@Nullable String text, Path path, FieldErrors errors) {
    if (text == null || !isRange(text)) {
      errors.invalid(path, text == null ? "" : text, NOT_A_RANGE);
      return false;
    }
    String address = text.substring(0, text.indexOf('/'));
    if (hasLeadingZeros(address) || text.matches(".*/0[0-9]+")) {
      errors.invalid(path, text, LEADING_ZEROS_OF_RANGE);
    } else if (isMapped(address)) {
      errors.invalid(path, text, MAPPED_RANGE);
    } else if (!text.equals(address + "/" + length(text)) || !base(text).equals(number(address))) {
      errors.invalid(path, text, BITS_BEYOND);
    }
    return true;
  }

  /** A range as it is best written. */
  static String canonicalRange(String range) {
    String address = range.substring(0, range.indexOf('/'));
    byte[] bytes = bytes(base(range), address);
    try {
      InetAddress first = InetAddress.getByAddress(bytes);
      int length = isMapped(address) ? length(range) - 96 : length(range);
      return canonical(first) + "/" + Math.max(0, length);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(range, e);
    }
  }

  private static byte[] bytes(BigInteger number, String address) {
    byte[] bytes = new byte[isV6(address) && !isMapped(address) ? 16 : 4];
    byte[] short_ = number.toByteArray();
    for (int i = 1; i <= Math.min(bytes.length, short_.length); i++) {
      bytes[bytes.length - i] = short_[short_.length - i];
    }
    return bytes;
  }

  /** The length of a range's prefix. */
  static int length(String range) {
    return Integer.parseInt(range.substring(range.indexOf('/') + 1));
  }

  /** The first address of a range. */
  static BigInteger base(String range) {
    String address = range.substring(0, range.indexOf('/'));
    int rest =
        isMapped(address)
            ? Math.min(32, 128 - length(range))
            : (isV6(address) ? 128 : 32) - length(range);
    return number(address).shiftRight(rest).shiftLeft(rest);
  }

  /** Whether a text is a range, {@code ADDRESS/PREFIX}. */
  public static boolean isRange(@Nullable String text) {
    String[] parts = text == null ? new String[0] : text.split("/", -1);
    if (parts.length != 2 || !isAddress(parts[0]) || !parts[1].matches("0*[0-9]{1,3}")) {
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

  /** An address as a number. */
  static BigInteger number(String address) {
    InetAddress parsed = parse(address);
    return parsed == null ? BigInteger.ZERO : new BigInteger(1, parsed.getAddress());
  }
}

package dev.tiphys.api.value;

import dev.tiphys.api.value.Quantity.Format;
import java.math.BigDecimal;
import java.math.BigInteger;

/** Reads the text of a quantity: sign, digits with at most one point, suffix or exponent. */
final class QuantityParser {

  private static final String WRONG_FORMAT =
      "quantities must match the regular expression "
          + "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
  private static final String WRONG_NUMBER = "unable to parse numeric part of quantity";
  private static final String WRONG_SUFFIX = "unable to parse quantity's suffix";

  /** More digits than any long has: beyond these the amount is held to a long's range. */
  private static final int EXACT_DIGITS = 18;

  /** Bounds the work that a text can ask for; amounts outside are held to a long's range anyway. */
  private static final int MAX_EXPONENT = 400;

  private QuantityParser() {}

  static Quantity parse(String text) {
    int end = text.length();
    int start = end > 0 && (text.charAt(0) == '-' || text.charAt(0) == '+') ? 1 : 0;
    int pos = skipDigits(text, start);
    int digits = pos - start;
    if (pos < end && text.charAt(pos) == '.') {
      int fraction = skipDigits(text, pos + 1);
      digits += fraction - pos - 1;
      pos = fraction;
    }
    if (digits == 0) {
      throw new IllegalArgumentException(WRONG_FORMAT);
    }
    checkSuffixCharacters(text, pos);
    String suffix = text.substring(pos);
    BigDecimal number = number(text.substring(0, pos));
    Format format = format(suffix);
    int exponent = exponent(suffix, format);
    if (format == Format.BINARY_SI) {
      BigDecimal factor = new BigDecimal(BigInteger.ONE.shiftLeft(exponent));
      return Quantity.parsed(number.multiply(factor), format, true);
    }
    return Quantity.parsed(number.scaleByPowerOfTen(exponent), format, digits > EXACT_DIGITS);
  }

  private static int skipDigits(String text, int from) {
    int pos = from;
    while (pos < text.length() && text.charAt(pos) >= '0' && text.charAt(pos) <= '9') {
      pos++;
    }
    return pos;
  }

  private static void checkSuffixCharacters(String text, int from) {
    int pos = from;
    while (pos < text.length() && "eEinumkKMGTP".indexOf(text.charAt(pos)) >= 0) {
      pos++;
    }
    if (pos < text.length() && (text.charAt(pos) == '-' || text.charAt(pos) == '+')) {
      pos++;
    }
    if (skipDigits(text, pos) < text.length()) {
      throw new IllegalArgumentException(WRONG_FORMAT);
    }
  }

  private static BigDecimal number(String text) {
    try {
      return new BigDecimal(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(WRONG_NUMBER, e);
    }
  }

  private static Format format(String suffix) {
    if (suffix.length() > 1) {
      char first = suffix.charAt(0);
      boolean exponent = (first == 'e' || first == 'E') && suffix.charAt(1) != 'i';
      return exponent ? Format.DECIMAL_EXPONENT : Format.BINARY_SI;
    }
    return Format.DECIMAL_SI;
  }

  private static int exponent(String suffix, Format format) {
    return switch (format) {
      case DECIMAL_EXPONENT -> decimalExponent(suffix);
      case BINARY_SI -> binaryExponent(suffix);
      case DECIMAL_SI -> suffix.isEmpty() ? 0 : siExponent(suffix.charAt(0));
    };
  }

  private static int decimalExponent(String suffix) {
    try {
      int exponent = Integer.parseInt(suffix.substring(1));
      return Math.clamp(exponent, -MAX_EXPONENT, MAX_EXPONENT);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(WRONG_SUFFIX, e);
    }
  }

  private static int binaryExponent(String suffix) {
    int power =
        suffix.length() == 2 && suffix.charAt(1) == 'i' ? "KMGTPE".indexOf(suffix.charAt(0)) : -1;
    if (power < 0) {
      throw new IllegalArgumentException(WRONG_SUFFIX);
    }
    return (power + 1) * 10;
  }

  private static int siExponent(char suffix) {
    int index = "num kMGTPE".indexOf(suffix);
    if (index < 0) {
      throw new IllegalArgumentException(WRONG_SUFFIX);
    }
    return (index - 3) * 3;
  }
}

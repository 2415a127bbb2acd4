package dev.tiphys.api.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What unquoted words of YAML mean to Kubernetes: null, truth values with YAML 1.1's {@code yes}
 * and {@code off}, numbers with prefixes, underscores and C's octal, or plain text.
 */
final class YamlScalars {

  private YamlScalars() {}

  /**
   * The JSON of a word that is not text; null if it is text.
   *
   * @throws ArithmeticException if it is a number that JSON does not have
   */
  static @Nullable String json(String word) {
    if (word.isEmpty()) {
      return "null";
    }
    return switch (word) {
      case "~", "null", "Null", "NULL" -> "null";
      case "true", "True", "TRUE", "y", "Y", "yes", "Yes", "YES", "on", "On", "ON" -> "true";
      case "false", "False", "FALSE", "n", "N", "no", "No", "NO", "off", "Off", "OFF" -> "false";
      case ".nan", ".NaN", ".NAN" -> throw unsupported("NaN");
      case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF" -> throw unsupported("+Inf");
      case "-.inf", "-.Inf", "-.INF" -> throw unsupported("-Inf");
      default -> "+-.0123456789".indexOf(word.charAt(0)) >= 0 ? number(word) : null;
    };
  }

  private static ArithmeticException unsupported(String value) {
    return new ArithmeticException("json: unsupported value: " + value);
  }

  private static @Nullable String number(String word) {
    String plain = word.replace("_", "");
    String integer = integer(plain);
    if (integer != null) {
      return integer;
    }
    if (!isFloat(plain)) {
      return null;
    }
    BigDecimal value = new BigDecimal(plain);
    if (value.precision() - (long) value.scale() > 309) {
      throw unsupported(word);
    }
    return Numbers.text(value.doubleValue());
  }

  private static @Nullable String integer(String text) {
    int start = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
    String digits = text.substring(start).toLowerCase(Locale.ROOT);
    int radix = 10;
    int skip = 0;
    if (digits.startsWith("0x")) {
      radix = 16;
      skip = 2;
    } else if (digits.startsWith("0b")) {
      radix = 2;
      skip = 2;
    } else if (digits.startsWith("0o")) {
      radix = 8;
      skip = 2;
    } else if (digits.length() > 1 && digits.charAt(0) == '0') {
      radix = 8;
      skip = 1;
    }
    if (digits.length() == skip) {
      return null;
    }
    for (int i = skip; i < digits.length(); i++) {
      if (Character.digit(digits.charAt(i), radix) < 0 || digits.charAt(i) > 'f') {
        return null;
      }
    }
    if (digits.length() > Limits.MAX_NUMBER) {
      return null;
    }
    BigInteger value = new BigInteger(digits.substring(skip), radix);
    BigInteger signed = text.startsWith("-") ? value.negate() : value;
    return signed.bitLength() <= 64 ? signed.toString() : null;
  }

  /** Sign, digits with at most one point, exponent. */
  private static boolean isFloat(String text) {
    int pos = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
    int whole = digits(text, pos);
    int end = whole;
    if (end < text.length() && text.charAt(end) == '.') {
      end = digits(text, end + 1);
    }
    boolean hasDigits = whole > pos || end > whole + 1;
    if (hasDigits && end < text.length() && (text.charAt(end) | 0x20) == 'e') {
      int exponent = end + 1;
      if (exponent < text.length() && "+-".indexOf(text.charAt(exponent)) >= 0) {
        exponent++;
      }
      end = digits(text, exponent);
      hasDigits = end > exponent && end - exponent < 6;
    }
    return hasDigits && end == text.length() && end <= Limits.MAX_NUMBER;
  }

  private static int digits(String text, int from) {
    int pos = from;
    while (pos < text.length() && text.charAt(pos) >= '0' && text.charAt(pos) <= '9') {
      pos++;
    }
    return pos;
  }

  /** Whether a text must be quoted lest readers take it for something else. */
  static boolean isAmbiguous(String text) {
    switch (text) {
      case "<<", ".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF" -> {
        return true;
      }
      case "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF" -> {
        return true;
      }
      default -> {}
    }
    return json(text) != null || isDate(text) || isBase60(text);
  }

  /** {@code 2026-01-02} and what begins like it. */
  private static boolean isDate(String text) {
    return text.length() >= 8
        && digits(text, 0) == 4
        && text.charAt(4) == '-'
        && digits(text, 5) > 5
        && digits(text, 5) < text.length()
        && text.charAt(digits(text, 5)) == '-';
  }

  /** {@code 1:30:00}, a number to YAML 1.1. */
  private static boolean isBase60(String text) {
    int colon = text.indexOf(':');
    if (colon <= 0) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if ("0123456789:._+-".indexOf(text.charAt(i)) < 0) {
        return false;
      }
    }
    return Character.isDigit(text.charAt(colon - 1));
  }
}

package dev.tiphys.api.codec;

import java.math.BigDecimal;

/** Texts of floating-point numbers as the API writes them. */
final class Numbers {

  private Numbers() {}

  /** Plain digits, or an exponent where the number is very large or very small. */
  static String text(double number) {
    if (!Double.isFinite(number)) {
      throw new IllegalArgumentException("JSON has no number " + number);
    }
    if (number == 0) {
      return "0";
    }
    BigDecimal exact = new BigDecimal(Double.toString(number)).stripTrailingZeros();
    double size = Math.abs(number);
    if (size >= 1e-6 && size < 1e21) {
      return exact.toPlainString();
    }
    String digits = exact.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - exact.scale();
    String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
    String sign = number < 0 ? "-" : "";
    return sign
        + digits.charAt(0)
        + fraction
        + "e"
        + (exponent < 0 ? "-" : "+")
        + Math.abs(exponent);
  }
}

package dev.tiphys.api.value;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An amount of a resource: a decimal number with a suffix, as {@code 500m}, {@code 2Gi}, {@code
 * 1e3}. Exact to 10⁻⁹; what is finer is rounded away from zero.
 *
 * <p>The text is canonical: no fraction, the largest suffix that leaves the number whole ({@code
 * 1.5} is {@code 1500m}, {@code 1024Mi} is {@code 1Gi}). Two quantities are equal if amount and
 * {@link Format} are; {@link #compareTo} looks at the amount alone. Immutable and thread-safe.
 *
 * @see <a href="https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/">
 *     Quantity</a>
 */
@SuppressWarnings("ComparableType")
public final class Quantity implements Comparable<Quantity> {

  /** The family of suffixes that a quantity is written with. */
  public enum Format {
    /** {@code n u m k M G T P E}: powers of 1000. */
    DECIMAL_SI,
    /** {@code Ki Mi Gi Ti Pi Ei}: powers of 1024. */
    BINARY_SI,
    /** {@code e3}: a decimal exponent. */
    DECIMAL_EXPONENT
  }

  /** Nothing. */
  public static final Quantity ZERO = new Quantity(BigDecimal.ZERO, Format.DECIMAL_SI);

  private static final BigDecimal KIBI = BigDecimal.valueOf(1024);
  private static final BigInteger KIBI_INT = BigInteger.valueOf(1024);
  private static final BigDecimal LONG_MAX = BigDecimal.valueOf(Long.MAX_VALUE);
  private static final BigDecimal LONG_MIN = BigDecimal.valueOf(Long.MIN_VALUE);
  private static final String DECIMAL_SUFFIXES = "num kMGTPE";
  private static final String BINARY_SUFFIXES = "KMGTPE";

  private final BigDecimal amount;
  private final Format format;
  private @Nullable String text;

  private Quantity(BigDecimal amount, Format format) {
    this.amount = amount.stripTrailingZeros();
    this.format = format;
  }

  /** A whole number of units. */
  public static Quantity of(long units) {
    return new Quantity(BigDecimal.valueOf(units), Format.DECIMAL_SI);
  }

  /** A whole number of thousandths, as CPU is counted. */
  public static Quantity ofMillis(long millis) {
    return new Quantity(BigDecimal.valueOf(millis, 3), Format.DECIMAL_SI);
  }

  /** A whole number of bytes, written with binary suffixes. */
  public static Quantity ofBytes(long bytes) {
    return new Quantity(BigDecimal.valueOf(bytes), Format.BINARY_SI);
  }

  /** An amount in a format; finer than 10⁻⁹ is rounded away from zero. */
  public static Quantity of(BigDecimal amount, Format format) {
    return new Quantity(atMostNano(amount), format);
  }

  /**
   * Reads a quantity.
   *
   * @throws IllegalArgumentException with the API's message if the text is not a quantity
   */
  public static Quantity parse(String text) {
    return text.equals("0") ? ZERO : QuantityParser.parse(text);
  }

  static Quantity parsed(BigDecimal amount, Format format, boolean capped) {
    BigDecimal fine = atMostNano(amount);
    if (capped && fine.abs().compareTo(LONG_MAX) > 0) {
      fine = fine.signum() < 0 ? LONG_MAX.negate() : LONG_MAX;
    }
    boolean fraction = fine.signum() != 0 && fine.abs().compareTo(BigDecimal.ONE) < 0;
    return new Quantity(fine, format == Format.BINARY_SI && fraction ? Format.DECIMAL_SI : format);
  }

  private static BigDecimal atMostNano(BigDecimal amount) {
    return amount.scale() > 9 ? amount.setScale(9, RoundingMode.UP) : amount;
  }

  /** The exact amount. */
  public BigDecimal amount() {
    return amount;
  }

  /** The suffixes that the text uses. */
  public Format format() {
    return format;
  }

  /** The amount in whole units, rounded up, and held within the range of a long. */
  public long value() {
    return scaled(0);
  }

  /** The amount in thousandths, rounded up, and held within the range of a long. */
  public long milliValue() {
    return scaled(3);
  }

  private long scaled(int digits) {
    BigDecimal shifted = amount.movePointRight(digits);
    if (shifted.compareTo(LONG_MAX) >= 0) {
      return Long.MAX_VALUE;
    }
    if (shifted.compareTo(LONG_MIN) <= 0) {
      return Long.MIN_VALUE;
    }
    return shifted.setScale(0, RoundingMode.CEILING).longValueExact();
  }

  /** -1, 0 or 1. */
  public int signum() {
    return amount.signum();
  }

  /** Whether the amount is zero. */
  public boolean isZero() {
    return amount.signum() == 0;
  }

  /** The sum, in this quantity's format, or the other's if this is zero. */
  public Quantity plus(Quantity other) {
    return new Quantity(amount.add(other.amount), isZero() ? other.format : format);
  }

  /** The difference, in this quantity's format, or the other's if this is zero. */
  public Quantity minus(Quantity other) {
    return new Quantity(amount.subtract(other.amount), isZero() ? other.format : format);
  }

  /** This amount many times. */
  public Quantity times(long factor) {
    return new Quantity(amount.multiply(BigDecimal.valueOf(factor)), format);
  }

  /** The amount with the sign turned. */
  public Quantity negate() {
    return new Quantity(amount.negate(), format);
  }

  /**
   * Rounds away from zero to a number of digits behind the point. The API keeps resource lists to
   * three.
   */
  public Quantity roundUp(int digits) {
    return amount.scale() <= digits
        ? this
        : new Quantity(amount.setScale(digits, RoundingMode.UP), format);
  }

  @Override
  public int compareTo(Quantity other) {
    return amount.compareTo(other.amount);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Quantity that
        && format == that.format
        && amount.compareTo(that.amount) == 0;
  }

  @Override
  public int hashCode() {
    return Objects.hash(amount, format);
  }

  /** The canonical text. */
  @Override
  public String toString() {
    String known = text;
    if (known == null) {
      known = canonical();
      text = known;
    }
    return known;
  }

  private String canonical() {
    if (isZero()) {
      return "0";
    }
    if (format == Format.BINARY_SI && amount.scale() <= 0 && amount.abs().compareTo(KIBI) >= 0) {
      return canonicalBinary();
    }
    BigInteger mantissa = amount.unscaledValue();
    int exponent = -amount.scale();
    int surplus = Math.floorMod(exponent, 3);
    if (format != Format.DECIMAL_EXPONENT && exponent - surplus > 18) {
      surplus = exponent - 18;
    }
    if (surplus != 0) {
      mantissa = mantissa.multiply(BigInteger.TEN.pow(surplus));
      exponent -= surplus;
    }
    if (exponent == 0) {
      return mantissa.toString();
    }
    return format == Format.DECIMAL_EXPONENT
        ? mantissa + "e" + exponent
        : mantissa.toString() + DECIMAL_SUFFIXES.charAt(exponent / 3 + 3);
  }

  private String canonicalBinary() {
    BigInteger mantissa = amount.toBigIntegerExact();
    int power = 0;
    while (power < BINARY_SUFFIXES.length()) {
      BigInteger[] parts = mantissa.divideAndRemainder(KIBI_INT);
      if (parts[1].signum() != 0) {
        break;
      }
      mantissa = parts[0];
      power++;
    }
    return power == 0
        ? mantissa.toString()
        : mantissa + BINARY_SUFFIXES.substring(power - 1, power) + "i";
  }
}

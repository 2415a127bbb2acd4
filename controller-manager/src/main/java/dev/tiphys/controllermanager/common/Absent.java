package dev.tiphys.controllermanager.common;

import org.jspecify.annotations.Nullable;

/** Values that the API leaves out, read as what they then mean. */
public final class Absent {

  private Absent() {}

  /** The number, or 0. */
  public static int zero(@Nullable Integer value) {
    return value == null ? 0 : value;
  }

  /** The number, or 0. */
  public static long zero(@Nullable Long value) {
    return value == null ? 0 : value;
  }

  /** The text, or the empty one. */
  public static String empty(@Nullable String value) {
    return value == null ? "" : value;
  }

  /** The value, or another. */
  public static <T> T or(@Nullable T value, T other) {
    return value == null ? other : value;
  }

  /**
   * What the API server never leaves out.
   *
   * @throws IllegalStateException if it did
   */
  public static <T> T never(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("the API server left out a field that it always sets");
    }
    return value;
  }
}

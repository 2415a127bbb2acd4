package dev.tiphys.api.value;

import org.jspecify.annotations.Nullable;

/**
 * Makes equal texts one object, as far as it remembers: ten thousand pods of a few workloads hold
 * the same names, images and field sets, and most of a cache's memory would be copies of them.
 *
 * <p>A fixed number of texts is remembered, each in the one place that its hash names, the latest
 * winning; so it never grows and needs no lock. A function without effects that anybody could see.
 * Thread-safe: strings are immutable, and a lost update only costs a copy.
 */
public final class SharedTexts {

  /** Names, images, words. */
  private static final SharedTexts SHORT = new SharedTexts(1 << 13);

  /** What managers own, annotations, certificates. */
  private static final SharedTexts LONG = new SharedTexts(1 << 10);

  private static final int SHORT_CHARS = 64;
  private static final int LONG_CHARS = 16 * 1024;

  private final @Nullable String[] places;

  private SharedTexts(int size) {
    this.places = new @Nullable String[size];
  }

  /** An equal text: one that was seen before, or this one. */
  public static String share(String text) {
    int length = text.length();
    if (length <= SHORT_CHARS) {
      return SHORT.place(text);
    }
    return length <= LONG_CHARS ? LONG.place(text) : text;
  }

  private String place(String text) {
    int hash = text.hashCode();
    int at = (hash ^ hash >>> 16) & places.length - 1;
    String there = places[at];
    if (there != null && there.equals(text)) {
      return there;
    }
    places[at] = text;
    return text;
  }
}

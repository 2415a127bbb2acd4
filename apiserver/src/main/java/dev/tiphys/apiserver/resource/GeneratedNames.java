package dev.tiphys.apiserver.resource;

import java.util.random.RandomGenerator;

/** Names made of {@code generateName}. */
public final class GeneratedNames {

  // No vowels and no look-alikes, so that no words come out; upstream's alphabet.
  private static final String LETTERS = "bcdfghjklmnpqrstvwxz2456789";

  private GeneratedNames() {}

  /** A base, cut if need be, with random letters behind it. */
  public static String of(String base, RandomGenerator random) {
    int room = Limits.GENERATED_NAME_LENGTH - Limits.GENERATED_SUFFIX;
    return (base.length() > room ? base.substring(0, room) : base)
        + letters(Limits.GENERATED_SUFFIX, random);
  }

  /** Random letters. */
  public static String letters(int count, RandomGenerator random) {
    StringBuilder out = new StringBuilder(count);
    for (int i = 0; i < count; i++) {
      out.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return out.toString();
  }
}

package dev.tiphys.apiserver.conversion;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The order of versions by maturity and age, as discovery tells them: {@code v2}, {@code v1},
 * {@code v1beta2}, {@code v1beta1}, {@code v1alpha1}, then others by name.
 */
public final class VersionOrder {

  private static final Pattern VERSION =
      Pattern.compile("v([1-9][0-9]{0,8})(?:(alpha|beta)([1-9][0-9]{0,8}))?");

  /** The best version first. */
  public static final Comparator<String> NEWEST_FIRST =
      Comparator.comparingInt(VersionOrder::maturity)
          .thenComparing(Comparator.comparingInt((String v) -> number(v, 1)).reversed())
          .thenComparing(Comparator.comparingInt((String v) -> number(v, 3)).reversed())
          .thenComparing(Comparator.naturalOrder());

  private VersionOrder() {}

  private static int maturity(String version) {
    Matcher matcher = VERSION.matcher(version);
    if (!matcher.matches()) {
      return 3;
    }
    String stage = matcher.group(2);
    return stage == null ? 0 : stage.equals("beta") ? 1 : 2;
  }

  private static int number(String version, int group) {
    Matcher matcher = VERSION.matcher(version);
    return matcher.matches() && matcher.group(group) != null
        ? Integer.parseInt(matcher.group(group))
        : 0;
  }
}

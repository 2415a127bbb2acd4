package dev.tiphys.apiserver.cel;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A semantic version, in expressions. Builds do not count in comparisons.
 *
 * @param pre the parts of the pre-release; empty for a release
 */
record Semver(long major, long minor, long patch, List<String> pre) implements Comparable<Semver> {

  private static final String NUMBER = "(0|[1-9]\\d{0,17})";
  private static final Pattern FORM =
      Pattern.compile(
          NUMBER
              + "\\."
              + NUMBER
              + "\\."
              + NUMBER
              + "(?:-((?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)"
              + "(?:\\.(?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?"
              + "(?:\\+[0-9a-zA-Z-]+(?:\\.[0-9a-zA-Z-]+)*)?");

  /**
   * Reads a version.
   *
   * @param normalize whether a leading v, leading zeros and missing parts are mended first
   * @throws IllegalArgumentException if it is none
   */
  static Semver parse(String text, boolean normalize) {
    Matcher matcher = FORM.matcher(normalize ? normalized(text) : text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("failed to parse \"" + text + "\" as a semantic version");
    }
    String pre = matcher.group(4);
    return new Semver(
        Long.parseLong(matcher.group(1)),
        Long.parseLong(matcher.group(2)),
        Long.parseLong(matcher.group(3)),
        pre == null ? List.of() : List.of(pre.split("\\.")));
  }

  private static String normalized(String text) {
    String bare = text.startsWith("v") ? text.substring(1) : text;
    int rest = 0;
    while (rest < bare.length()
        && (Character.isDigit(bare.charAt(rest)) || bare.charAt(rest) == '.')) {
      rest++;
    }
    StringBuilder out = new StringBuilder();
    String[] parts = bare.substring(0, rest).split("\\.", -1);
    for (int i = 0; i < Math.max(3, parts.length); i++) {
      String part = i < parts.length ? parts[i] : "0";
      out.append(i == 0 ? "" : ".").append(part.replaceFirst("^0+(?=\\d)", ""));
    }
    return out.append(bare.substring(rest)).toString();
  }

  @Override
  public int compareTo(Semver other) {
    int order = Long.compare(major, other.major);
    order = order != 0 ? order : Long.compare(minor, other.minor);
    order = order != 0 ? order : Long.compare(patch, other.patch);
    if (order != 0 || pre.equals(other.pre)) {
      return order;
    }
    if (pre.isEmpty() || other.pre.isEmpty()) {
      return pre.isEmpty() ? 1 : -1;
    }
    for (int i = 0; i < Math.min(pre.size(), other.pre.size()); i++) {
      int part = comparePart(pre.get(i), other.pre.get(i));
      if (part != 0) {
        return part;
      }
    }
    return Integer.compare(pre.size(), other.pre.size());
  }

  private static int comparePart(String one, String other) {
    boolean oneNumber = one.chars().allMatch(Character::isDigit);
    boolean otherNumber = other.chars().allMatch(Character::isDigit);
    if (oneNumber && otherNumber) {
      int byLength = Integer.compare(one.length(), other.length());
      return byLength != 0 ? byLength : one.compareTo(other);
    }
    return oneNumber == otherNumber ? one.compareTo(other) : oneNumber ? -1 : 1;
  }
}

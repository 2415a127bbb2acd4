package dev.tiphys.cli.cluster;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code Warning} headers (RFC 7234 §5.5): {@code 299 - "text"}. */
final class Warnings {

  private static final Pattern WARNING = Pattern.compile("299 \\S+ \"((?:[^\"\\\\]|\\\\.)*)\".*");

  private Warnings() {}

  static String text(String header) {
    Matcher matcher = WARNING.matcher(header);
    return matcher.matches() ? matcher.group(1).replaceAll("\\\\(.)", "$1") : header;
  }
}

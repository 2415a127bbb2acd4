package dev.tiphys.api.names;

import java.util.ArrayList;
import java.util.List;

/**
 * Names and small texts inside objects: ports, environment variables, config keys, headers,
 * percentages, numbers in a range.
 */
public final class FieldNames {

  private static final int MAX_PORT_NAME = 15;

  private FieldNames() {}

  /** A port's name, RFC 6335: lower case letters, digits and single inner dashes, at most 15. */
  public static List<String> portName(String name) {
    List<String> faults = new ArrayList<>(0);
    if (name.length() > MAX_PORT_NAME) {
      faults.add(Messages.tooLong(MAX_PORT_NAME));
    }
    boolean known = !name.isEmpty();
    boolean letter = false;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      known &= Letters.lowerOrDigit(c) || c == '-';
      letter |= c >= 'a' && c <= 'z';
    }
    if (!known) {
      faults.add("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
    }
    if (!letter) {
      faults.add("must contain at least one letter (a-z)");
    }
    if (name.contains("--")) {
      faults.add("must not contain consecutive hyphens");
    }
    if (name.startsWith("-") || name.endsWith("-")) {
      faults.add("must not begin or end with a hyphen");
    }
    return List.copyOf(faults);
  }

  /** A port's number, 1 to 65535. */
  public static List<String> portNumber(int port) {
    return inRange(port, 1, 65535);
  }

  /** A number within bounds, both included. */
  public static List<String> inRange(long value, long min, long max) {
    return value >= min && value <= max
        ? List.of()
        : List.of("must be between " + min + " and " + max + ", inclusive");
  }

  /** The name of an environment variable: printable ASCII without {@code =}. */
  public static List<String> envVarName(String name) {
    if (name.isEmpty()) {
      return List.of("environment variable name " + Messages.EMPTY);
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c < ' ' || c > '~' || c == '=') {
        return List.of(
            "a valid environment variable name must consist only of printable ASCII characters"
                + " other than '='");
      }
    }
    return List.of();
  }

  /** A key of a ConfigMap or Secret, which may become a file's name. */
  public static List<String> configKey(String key) {
    List<String> faults = new ArrayList<>(0);
    if (!Messages.lengthFault(key, DnsNames.MAX_SUBDOMAIN).isEmpty()) {
      faults.add(Messages.tooLong(DnsNames.MAX_SUBDOMAIN));
    }
    boolean known = !key.isEmpty();
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      known &= Letters.letterOrDigit(c) || c == '-' || c == '_' || c == '.';
    }
    if (!known) {
      faults.add(
          Messages.pattern(
              "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
              "[-._a-zA-Z0-9]+",
              "key.name",
              "KEY_NAME",
              "key-name"));
    }
    if (key.equals(".")) {
      faults.add("must not be '.'");
    } else if (key.equals("..")) {
      faults.add("must not be '..'");
    } else if (key.startsWith("..")) {
      faults.add("must not start with '..'");
    }
    return List.copyOf(faults);
  }

  /** The name of an HTTP header. */
  public static List<String> httpHeaderName(String name) {
    boolean known = !name.isEmpty();
    for (int i = 0; i < name.length(); i++) {
      known &= Letters.letterOrDigit(name.charAt(i)) || name.charAt(i) == '-';
    }
    return known
        ? List.of()
        : List.of(
            Messages.pattern(
                "a valid HTTP header must consist of alphanumeric characters or '-'",
                "[-A-Za-z0-9]+",
                "X-Header-Name"));
  }

  /** A whole number with a percent sign. */
  public static List<String> percent(String text) {
    int end = text.length() - 1;
    boolean good = end > 0 && text.charAt(end) == '%';
    for (int i = 0; i < end; i++) {
      good &= Letters.digit(text.charAt(i));
    }
    return good
        ? List.of()
        : List.of(
            Messages.pattern(
                "a valid percent string must be a numeric string followed by an ending '%'",
                "[0-9]+%", "1%", "93%"));
  }
}

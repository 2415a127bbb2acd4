package dev.tiphys.api.names;

import java.util.List;

/** Names that DNS can carry: RFC 1123 labels and subdomains, RFC 1035 labels. */
public final class DnsNames {

  /** Bytes that a label may have. */
  public static final int MAX_LABEL = 63;

  /** Bytes that a subdomain may have. */
  public static final int MAX_SUBDOMAIN = 253;

  private static final String LABEL_PATTERN = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
  private static final String UNDERSCORE_LABEL = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
  private static final String UNDERSCORE_PATTERN =
      UNDERSCORE_LABEL + "(\\." + UNDERSCORE_LABEL + ")*";
  private static final String SUBDOMAIN_PATTERN = LABEL_PATTERN + "(\\." + LABEL_PATTERN + ")*";
  private static final String RFC1035_PATTERN = "[a-z]([-a-z0-9]*[a-z0-9])?";

  private DnsNames() {}

  /** An RFC 1123 label: lower case letters, digits and inner dashes, at most 63. */
  public static List<String> label(String name) {
    return Messages.of(Messages.lengthFault(name, MAX_LABEL), labelFault(name));
  }

  private static String labelFault(String name) {
    if (isLabel(name, 0, name.length())) {
      return "";
    }
    return isSubdomain(name)
        ? "must not contain dots"
        : Messages.pattern(
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-',"
                + " and must start and end with an alphanumeric character",
            LABEL_PATTERN,
            "my-name",
            "123-abc");
  }

  /** An RFC 1123 subdomain: labels with dots between, at most 253 bytes in all. */
  public static List<String> subdomain(String name) {
    return Messages.of(
        Messages.lengthFault(name, MAX_SUBDOMAIN),
        isSubdomain(name)
            ? ""
            : Messages.pattern(
                "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters,"
                    + " '-' or '.', and must start and end with an alphanumeric character",
                SUBDOMAIN_PATTERN,
                "example.com"));
  }

  /** A subdomain whose labels may also have underscores, as resolvers search in. */
  public static List<String> subdomainWithUnderscores(String name) {
    String plain = name.startsWith("_") ? name.substring(1) : name;
    return Messages.of(
        Messages.lengthFault(name, MAX_SUBDOMAIN),
        isSubdomain(plain.replace("._", ".").replace('_', '-'))
            ? ""
            : Messages.pattern(
                "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters,"
                    + " '_', '-' or '.', and must start and end with an alphanumeric character",
                UNDERSCORE_PATTERN,
                "example.com"));
  }

  /** An RFC 1035 label: as RFC 1123, but the first is a letter. Services are named so. */
  public static List<String> rfc1035Label(String name) {
    boolean good = isLabel(name, 0, name.length()) && Letters.letter(name.charAt(0));
    return Messages.of(
        Messages.lengthFault(name, MAX_LABEL),
        good
            ? ""
            : Messages.pattern(
                "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start"
                    + " with an alphabetic character, and end with an alphanumeric character",
                RFC1035_PATTERN,
                "my-name",
                "abc-123"));
  }

  /** A subdomain behind {@code *.}. */
  public static List<String> wildcardSubdomain(String name) {
    boolean good = name.startsWith("*.") && isSubdomain(name.substring(2));
    return Messages.of(
        Messages.lengthFault(name, MAX_SUBDOMAIN),
        good
            ? ""
            : Messages.pattern(
                "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS"
                    + " subdomain, which must consist of lower case alphanumeric characters, '-' or"
                    + " '.' and end with an alphanumeric character",
                "\\*\\." + SUBDOMAIN_PATTERN,
                "*.example.com"));
  }

  /**
   * A generated name's prefix made checkable as a name: a dash at its end, which more characters
   * will follow, counts as a letter.
   */
  public static String maskTrailingDash(String prefix) {
    return prefix.length() > 1 && prefix.endsWith("-")
        ? prefix.substring(0, prefix.length() - 1) + "a"
        : prefix;
  }

  static boolean isSubdomain(String name) {
    int start = 0;
    for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', start)) {
      if (!isLabel(name, start, dot)) {
        return false;
      }
      start = dot + 1;
    }
    return isLabel(name, start, name.length());
  }

  private static boolean isLabel(String name, int start, int end) {
    if (start >= end
        || !Letters.lowerOrDigit(name.charAt(start))
        || !Letters.lowerOrDigit(name.charAt(end - 1))) {
      return false;
    }
    for (int i = start + 1; i < end - 1; i++) {
      char c = name.charAt(i);
      if (c != '-' && !Letters.lowerOrDigit(c)) {
        return false;
      }
    }
    return true;
  }
}

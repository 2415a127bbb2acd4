package dev.tiphys.api.names;

import java.util.ArrayList;
import java.util.List;

/** Keys and values of labels. Keys of annotations and many other names follow the same rule. */
public final class LabelNames {

  /** Bytes that a key's name part, or a value, may have. */
  public static final int MAX_LENGTH = 63;

  private static final String KEY_PATTERN = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
  private static final String KEY_RULE =
      "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an"
          + " alphanumeric character";

  private LabelNames() {}

  /** A qualified name: {@code name} or {@code prefix/name}, the prefix a DNS subdomain. */
  public static List<String> key(String key) {
    int slash = key.indexOf('/');
    if (slash < 0 && key.length() <= MAX_LENGTH && isName(key)) {
      return List.of();
    }
    if (slash >= 0 && key.indexOf('/', slash + 1) >= 0) {
      return List.of(
          "a valid label key "
              + keyPattern()
              + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')");
    }
    List<String> faults = new ArrayList<>(0);
    if (slash == 0) {
      faults.add("prefix part " + Messages.EMPTY);
    } else if (slash > 0) {
      for (String fault : DnsNames.subdomain(key.substring(0, slash))) {
        faults.add("prefix part " + fault);
      }
    }
    String name = key.substring(slash + 1);
    if (name.isEmpty()) {
      faults.add("name part " + Messages.EMPTY);
    } else if (!Messages.lengthFault(name, MAX_LENGTH).isEmpty()) {
      faults.add("name part " + Messages.tooLong(MAX_LENGTH));
    }
    if (!isName(name)) {
      faults.add("name part " + keyPattern());
    }
    return List.copyOf(faults);
  }

  private static String keyPattern() {
    return Messages.pattern(KEY_RULE, KEY_PATTERN, "MyName", "my.name", "123-abc");
  }

  /** The value of a label: empty, or like a key's name part. */
  public static List<String> value(String value) {
    return Messages.of(
        Messages.lengthFault(value, MAX_LENGTH),
        value.isEmpty() || isName(value)
            ? ""
            : Messages.pattern(
                "a valid label must be an empty string or consist of alphanumeric characters, '-',"
                    + " '_' or '.', and must start and end with an alphanumeric character",
                "(" + KEY_PATTERN + ")?",
                "MyValue",
                "my_value",
                "12345"));
  }

  private static boolean isName(String name) {
    int end = name.length();
    if (end == 0
        || !Letters.letterOrDigit(name.charAt(0))
        || !Letters.letterOrDigit(name.charAt(end - 1))) {
      return false;
    }
    for (int i = 1; i < end - 1; i++) {
      char c = name.charAt(i);
      if (!Letters.letterOrDigit(c) && c != '-' && c != '_' && c != '.') {
        return false;
      }
    }
    return true;
  }
}

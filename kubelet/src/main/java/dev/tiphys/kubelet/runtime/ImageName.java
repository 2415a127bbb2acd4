package dev.tiphys.kubelet.runtime;

import java.util.regex.Pattern;

/** An image's name: {@code [registry/]repository[:tag][@digest]}. Pure functions. */
final class ImageName {
  private static final String COMPONENT = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
  private static final String HOST_LABEL = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
  private static final String HOST =
      "(?:" + HOST_LABEL + "(?:\\." + HOST_LABEL + ")*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?";
  private static final String TAG = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}";
  private static final String DIGEST =
      "[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}";
  private static final Pattern NAME =
      Pattern.compile(
          "(?<name>(?:"
              + HOST
              + "/)?"
              + COMPONENT
              + "(?:/"
              + COMPONENT
              + ")*)(?::(?<tag>"
              + TAG
              + "))?(?:@(?<digest>"
              + DIGEST
              + "))?");
  private static final Pattern ID = Pattern.compile("(?:sha256:)?[0-9a-f]{64}");

  private ImageName() {}

  /**
   * The name with {@code :latest} where nothing else is said. IllegalArgumentException if it is
   * none.
   */
  static String complete(String name) {
    if (ID.matcher(name).matches()) {
      return name;
    }
    var match = NAME.matcher(name);
    if (!match.matches()) {
      boolean upperCase = NAME.matcher(name.toLowerCase(java.util.Locale.ROOT)).matches();
      throw new IllegalArgumentException(
          "Failed to apply default image tag \""
              + name
              + "\": couldn't parse image name \""
              + name
              + "\": invalid reference format"
              + (upperCase ? ": repository name must be lowercase" : ""));
    }
    return match.group("tag") == null && match.group("digest") == null ? name + ":latest" : name;
  }

  /** The registry's part of a name, port included; {@code docker.io} if it names none. */
  static String registry(String name) {
    int slash = name.indexOf('/');
    String first = slash < 0 ? "" : name.substring(0, slash);
    return first.contains(".") || first.contains(":") || first.equals("localhost")
        ? first
        : "docker.io";
  }
}

package dev.tiphys.api.names;

/** Classes of ASCII characters that names are made of. */
final class Letters {

  private Letters() {}

  static boolean lowerOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || digit(c);
  }

  static boolean digit(char c) {
    return c >= '0' && c <= '9';
  }

  static boolean letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  static boolean letterOrDigit(char c) {
    return letter(c) || digit(c);
  }
}

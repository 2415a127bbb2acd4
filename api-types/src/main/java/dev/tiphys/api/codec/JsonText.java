package dev.tiphys.api.codec;

/** Rewrites of JSON that is known to be well formed. */
final class JsonText {

  private JsonText() {}

  /** The same without whitespace between tokens; the same instance if there is none. */
  static String compact(String json) {
    int first = nextSpace(json, 0);
    if (first == json.length()) {
      return json;
    }
    StringBuilder out = new StringBuilder(json.length());
    int from = 0;
    for (int space = first; space < json.length(); space = nextSpace(json, from)) {
      out.append(json, from, space);
      from = space + 1;
    }
    return out.append(json, from, json.length()).toString();
  }

  /** The next whitespace outside of texts, or the end. The start must be outside of texts. */
  private static int nextSpace(String json, int from) {
    boolean inText = false;
    for (int i = from; i < json.length(); i++) {
      char c = json.charAt(i);
      if (c == '"') {
        inText = !inText;
      } else if (inText && c == '\\') {
        i++;
      } else if (!inText && c <= ' ') {
        return i;
      }
    }
    return json.length();
  }
}

package dev.tiphys.apiserver.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The target of a request line, taken apart.
 *
 * @param raw as sent, in origin form
 * @param rawPath up to the query, still encoded
 * @param path decoded
 * @param query decoded
 */
record RequestTarget(String raw, String rawPath, String path, QueryParameters query) {

  /**
   * Takes apart a target in origin form ({@code /path?query}) or absolute form.
   *
   * @throws MalformedRequestException if it is neither or wrongly encoded
   */
  static RequestTarget parse(String target) throws MalformedRequestException {
    String origin = originForm(target);
    int mark = origin.indexOf('?');
    String rawPath = mark < 0 ? origin : origin.substring(0, mark);
    QueryParameters query =
        mark < 0 ? QueryParameters.EMPTY : parseQuery(origin.substring(mark + 1));
    return new RequestTarget(origin, rawPath, decode(rawPath, false), query);
  }

  private static String originForm(String target) throws MalformedRequestException {
    if (target.startsWith("/")) {
      return target;
    }
    int scheme = target.indexOf("://");
    if (scheme > 0) {
      int slash = target.indexOf('/', scheme + 3);
      return slash < 0 ? "/" : target.substring(slash);
    }
    throw new MalformedRequestException("the request target must begin with a slash");
  }

  private static QueryParameters parseQuery(String raw) throws MalformedRequestException {
    Map<String, List<String>> values = new LinkedHashMap<>();
    for (String pair : raw.split("&")) {
      if (pair.isEmpty()) {
        continue;
      }
      int equals = pair.indexOf('=');
      String name = decode(equals < 0 ? pair : pair.substring(0, equals), true);
      String value = equals < 0 ? "" : decode(pair.substring(equals + 1), true);
      values.computeIfAbsent(name, _ -> new ArrayList<>(1)).add(value);
    }
    return QueryParameters.of(values);
  }

  private static String decode(String text, boolean plusIsSpace) throws MalformedRequestException {
    if (text.indexOf('%') < 0 && (!plusIsSpace || text.indexOf('+') < 0)) {
      return text;
    }
    byte[] out = new byte[text.length() * 3];
    int length = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        if (i + 2 >= text.length()) {
          throw new MalformedRequestException("a percent sign needs two hexadecimal digits");
        }
        int high = Character.digit(text.charAt(i + 1), 16);
        int low = Character.digit(text.charAt(i + 2), 16);
        if (high < 0 || low < 0) {
          throw new MalformedRequestException("a percent sign needs two hexadecimal digits");
        }
        out[length++] = (byte) (high << 4 | low);
        i += 2;
      } else if (c == '+' && plusIsSpace) {
        out[length++] = ' ';
      } else if (c < 0x80) {
        out[length++] = (byte) c;
      } else {
        byte[] encoded = String.valueOf(c).getBytes(StandardCharsets.UTF_8);
        System.arraycopy(encoded, 0, out, length, encoded.length);
        length += encoded.length;
      }
    }
    return new String(out, 0, length, StandardCharsets.UTF_8);
  }
}

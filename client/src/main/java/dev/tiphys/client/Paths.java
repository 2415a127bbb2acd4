package dev.tiphys.client;

import dev.tiphys.api.schema.ResourceType;
import java.nio.charset.StandardCharsets;

/** Where resources are in the API's tree of paths. */
public final class Paths {

  private static final String PLAIN = "-._~!$&'()*+,;=:@";

  private Paths() {}

  /**
   * The path of a resource, an object or a subresource.
   *
   * @param namespace empty for none
   * @param name empty for the collection
   * @param subresource empty for none; may have slashes, as {@code proxy/metrics}
   */
  public static String of(ResourceType<?> type, String namespace, String name, String subresource) {
    StringBuilder path = new StringBuilder(64);
    path.append(type.group().isEmpty() ? "/api/" : "/apis/" + type.group() + "/");
    path.append(type.version());
    if (type.namespaced() && !namespace.isEmpty()) {
      path.append("/namespaces/").append(segment(namespace));
    }
    path.append('/').append(type.plural());
    if (!name.isEmpty()) {
      path.append('/').append(segment(name));
    }
    if (!subresource.isEmpty()) {
      path.append('/').append(subresource);
    }
    return path.toString();
  }

  /** One segment of a path, percent-encoded where it must be. */
  public static String segment(String text) {
    StringBuilder encoded = new StringBuilder(text.length());
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (each & 0xff);
      boolean plain =
          c >= 'a' && c <= 'z'
              || c >= 'A' && c <= 'Z'
              || c >= '0' && c <= '9'
              || PLAIN.indexOf(c) >= 0;
      if (plain) {
        encoded.append(c);
      } else {
        encoded.append('%').append(hex(c >> 4)).append(hex(c & 15));
      }
    }
    return encoded.toString();
  }

  private static char hex(int nibble) {
    return Character.toUpperCase(Character.forDigit(nibble, 16));
  }
}

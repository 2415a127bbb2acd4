package dev.tiphys.api.merge;

import java.util.ArrayList;
import java.util.List;

/** A place in a JSON document, RFC 6901. */
record JsonPointer(String text, List<String> parts) {

  static JsonPointer parse(String text) {
    if (text.isEmpty()) {
      return new JsonPointer(text, List.of());
    }
    if (text.charAt(0) != '/') {
      throw PatchException.malformed("path '" + text + "' must start with '/'");
    }
    List<String> parts = new ArrayList<>();
    for (String part : text.substring(1).split("/", -1)) {
      parts.add(part.replace("~1", "/").replace("~0", "~"));
    }
    return new JsonPointer(text, List.copyOf(parts));
  }

  boolean isRoot() {
    return parts.isEmpty();
  }

  boolean isWithin(JsonPointer outer) {
    return parts.size() > outer.parts.size()
        && parts.subList(0, outer.parts.size()).equals(outer.parts);
  }
}

package dev.tiphys.apiserver.extension.schema;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Regular expressions of schemas, compiled once. In RE2, whose time is linear in the text: whoever
 * may define a resource may not stall the server. Thread-safe.
 */
final class Patterns {

  private final ConcurrentMap<String, Pattern> compiled = new ConcurrentHashMap<>();

  /** Whether an expression is found in a text; one that is none is found in all. */
  boolean matches(String expression, String text) {
    Pattern known = compiled.get(expression);
    if (known == null) {
      try {
        known = compiled.computeIfAbsent(expression, Pattern::compile);
      } catch (PatternSyntaxException e) {
        // Definitions with such an expression are refused; an old one must not stop all writes.
        return true;
      }
    }
    return known.matcher(text).find();
  }
}

package dev.tiphys.apiserver.strategy;

import java.util.Set;

/** Names that CEL can read, and words that it keeps for itself. */
public final class CelIdentifiers {

  /** Words that mean something in CEL, or may some day. */
  public static final Set<String> RESERVED =
      Set.of(
          "true",
          "false",
          "null",
          "in",
          "as",
          "break",
          "const",
          "continue",
          "else",
          "for",
          "function",
          "if",
          "import",
          "let",
          "loop",
          "package",
          "namespace",
          "return",
          "var",
          "void",
          "while");

  private CelIdentifiers() {}

  /** Whether a variable can be named so. */
  public static boolean isIdentifier(String name) {
    return name.matches("[_a-zA-Z][_a-zA-Z0-9]*") && !RESERVED.contains(name);
  }
}

package dev.tiphys.api.selector;

import dev.tiphys.api.selector.LabelRequirement.Operator;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Reads the text of a label selector, one requirement after the other. Used once. */
final class LabelSelectorParser {

  /** What a piece of text is. */
  private enum Kind {
    END,
    WORD,
    SYMBOL
  }

  private record Token(Kind kind, String text) {
    boolean is(String symbol) {
      return kind == Kind.SYMBOL && text.equals(symbol);
    }

    boolean isWord() {
      return kind == Kind.WORD;
    }

    boolean ends() {
      return kind == Kind.END || is(",");
    }
  }

  private final String text;
  private int pos;
  private Token next;

  LabelSelectorParser(String text) {
    this.text = text;
    this.next = scan();
  }

  List<LabelRequirement> parse() {
    List<LabelRequirement> requirements = new ArrayList<>();
    if (next.kind() == Kind.END) {
      return requirements;
    }
    if (!next.isWord() && !next.is("!")) {
      throw expected("!, identifier, or 'end of string'");
    }
    while (true) {
      try {
        requirements.add(requirement());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("unable to parse requirement: " + e.getMessage(), e);
      }
      if (next.kind() == Kind.END) {
        return requirements;
      }
      if (!next.is(",")) {
        throw expected("',' or 'end of string'");
      }
      consume();
      if (!next.isWord() && !next.is("!")) {
        throw expected("identifier after ','");
      }
    }
  }

  private LabelRequirement requirement() {
    boolean negated = next.is("!");
    if (negated) {
      consume();
    }
    if (!next.isWord()) {
      throw expected("identifier");
    }
    String key = consume().text();
    FieldErrors errors = new FieldErrors();
    LabelRequirement.checkKey(errors, Path.ROOT, key);
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(errors.message());
    }
    if (negated) {
      return LabelRequirement.checked(key, Operator.DOES_NOT_EXIST, List.of());
    }
    if (next.ends()) {
      return LabelRequirement.checked(key, Operator.EXISTS, List.of());
    }
    Operator operator = operator();
    List<String> values =
        operator == Operator.IN || operator == Operator.NOT_IN ? values() : List.of(exactValue());
    return LabelRequirement.checked(key, operator, values);
  }

  private Operator operator() {
    Operator operator =
        switch (next.text()) {
          case "in" -> Operator.IN;
          case "notin" -> Operator.NOT_IN;
          case "=" -> Operator.EQUALS;
          case "==" -> Operator.DOUBLE_EQUALS;
          case "!=" -> Operator.NOT_EQUALS;
          case ">" -> Operator.GREATER_THAN;
          case "<" -> Operator.LESS_THAN;
          default -> throw expected("in, notin, =, ==, !=, gt, lt");
        };
    consume();
    return operator;
  }

  private String exactValue() {
    if (next.ends()) {
      return "";
    }
    if (!next.isWord()) {
      throw expected("identifier");
    }
    return consume().text();
  }

  /** The values in parentheses, each once, sorted; nothing between commas is an empty value. */
  private List<String> values() {
    if (!next.is("(")) {
      throw new IllegalArgumentException("found '" + next.text() + "' expected: '('");
    }
    consume();
    TreeSet<String> values = new TreeSet<>();
    if (next.is(")")) {
      consume();
      return List.of();
    }
    if (!next.isWord() && !next.is(",")) {
      throw expected("',', ')' or identifier");
    }
    while (true) {
      values.add(next.isWord() ? consume().text() : "");
      if (next.is(")")) {
        consume();
        return List.copyOf(values);
      }
      if (!next.is(",")) {
        throw expected("',' or ')'");
      }
      consume();
    }
  }

  private Token consume() {
    Token token = next;
    next = scan();
    return token;
  }

  private Token scan() {
    while (pos < text.length() && isSpace(text.charAt(pos))) {
      pos++;
    }
    if (pos == text.length()) {
      return new Token(Kind.END, "");
    }
    int start = pos;
    if (isSymbol(text.charAt(pos))) {
      pos++;
      boolean doubled = pos < text.length() && text.charAt(pos) == '=';
      if (doubled && "=!".indexOf(text.charAt(start)) >= 0) {
        pos++;
      }
      return new Token(Kind.SYMBOL, text.substring(start, pos));
    }
    while (pos < text.length() && !isSpace(text.charAt(pos)) && !isSymbol(text.charAt(pos))) {
      pos++;
    }
    return new Token(Kind.WORD, text.substring(start, pos));
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
  }

  private static boolean isSymbol(char c) {
    return "=!(),><".indexOf(c) >= 0;
  }

  private IllegalArgumentException expected(String what) {
    return new IllegalArgumentException("found '" + next.text() + "', expected: " + what);
  }
}

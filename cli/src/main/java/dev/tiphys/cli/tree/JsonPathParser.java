package dev.tiphys.cli.tree;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.tree.JsonPath.Operand;
import dev.tiphys.cli.tree.JsonPath.Part;
import dev.tiphys.cli.tree.JsonPath.Step;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads one JSONPath template. Not thread-safe. */
final class JsonPathParser {

  private static final String ENDS_NAME = ".[](){}=!<>, \t\n'\"|&";

  private final String text;
  private int at;

  JsonPathParser(String text) {
    this.text = text;
  }

  List<Part> template() {
    List<Part> parts = parts(false);
    if (at < text.length()) {
      throw error("not in range, nothing to end");
    }
    return parts;
  }

  /** Reads to the end of the text, or behind the {@code {end}} of the range that is open. */
  private List<Part> parts(boolean inRange) {
    List<Part> parts = new ArrayList<>();
    while (at < text.length()) {
      int brace = text.indexOf('{', at);
      if (brace < 0 || brace > at) {
        int end = brace < 0 ? text.length() : brace;
        parts.add(new Part.Literal(text.substring(at, end)));
        at = end;
        continue;
      }
      int start = at++;
      skipSpace();
      if (word("end")) {
        if (!inRange) {
          at = start;
          return parts;
        }
        closeBrace();
        return parts;
      }
      if (word("range")) {
        List<Step> steps = steps();
        closeBrace();
        parts.add(new Part.Range(steps, parts(true)));
      } else {
        inBraces(parts);
      }
    }
    if (inRange) {
      throw error("unterminated range");
    }
    return parts;
  }

  private void inBraces(List<Part> parts) {
    do {
      char c = peek();
      if (at >= text.length()) {
        throw error("unclosed action");
      }
      if (c == '"' || c == '\'') {
        parts.add(new Part.Literal(quoted()));
      } else {
        parts.add(new Part.Expression(steps()));
      }
      skipSpace();
    } while (peek() != '}');
    closeBrace();
  }

  private void closeBrace() {
    skipSpace();
    expect('}');
  }

  /** A chain as {@code $.items[*].name}; it ends before what cannot go on. */
  private List<Step> steps() {
    List<Step> steps = new ArrayList<>();
    skipSpace();
    if (peek() == '$') {
      at++;
      steps.add(Step.Root.ROOT);
    } else if (peek() == '@') {
      at++;
    } else if (peek() != '.' && peek() != '[') {
      String name = name();
      if (name.isEmpty()) {
        throw error("unrecognized character in action: " + shown(peek()));
      }
      steps.add(new Step.Member(name));
    }
    while (true) {
      char c = peek();
      if (c == '.') {
        at++;
        dotted(steps);
      } else if (c == '[') {
        at++;
        steps.add(bracket());
      } else {
        return steps;
      }
    }
  }

  private void dotted(List<Step> steps) {
    if (peek() == '.') {
      at++;
      steps.add(Step.Descend.DESCEND);
    }
    if (peek() == '*') {
      at++;
      steps.add(Step.All.ALL);
      return;
    }
    String name = name();
    if (!name.isEmpty()) {
      steps.add(new Step.Member(name));
    }
  }

  private String name() {
    StringBuilder name = new StringBuilder();
    while (at < text.length() && ENDS_NAME.indexOf(text.charAt(at)) < 0) {
      if (text.charAt(at) == '\\' && at + 1 < text.length()) {
        at++;
      }
      name.append(text.charAt(at++));
    }
    return name.toString();
  }

  private Step bracket() {
    skipSpace();
    if (peek() == '?') {
      at++;
      return filter();
    }
    List<List<Step>> choices = new ArrayList<>();
    do {
      skipSpace();
      choices.add(choice());
      skipSpace();
    } while (accept(','));
    expect(']');
    boolean plain = choices.size() == 1 && choices.getFirst().size() == 1;
    return plain ? choices.getFirst().getFirst() : new Step.Union(choices);
  }

  private List<Step> choice() {
    char c = peek();
    if (c == '*') {
      at++;
      return List.of(Step.All.ALL);
    }
    if (c == '\'' || c == '"') {
      return quotedPath(c);
    }
    if (c == ':' || c == '-' || Character.isDigit(c)) {
      return List.of(slice());
    }
    String name = name();
    if (name.isEmpty()) {
      throw error("invalid array index " + shown(c));
    }
    return List.of(new Step.Member(name));
  }

  /** What stands in quotes is a path too: a dot in a name needs a backslash. */
  private List<Step> quotedPath(char quote) {
    int end = text.indexOf(quote, at + 1);
    if (end < 0) {
      throw error("unterminated quoted string");
    }
    List<Step> steps = new JsonPathParser("." + text.substring(at + 1, end)).steps();
    at = end + 1;
    return steps;
  }

  private Step slice() {
    Integer from = number();
    if (!accept(':')) {
      return new Step.Slice(from, null, 1, true);
    }
    Integer to = number();
    Integer step = accept(':') ? number() : null;
    if (step != null && step <= 0) {
      throw error("step must be > 0");
    }
    return new Step.Slice(from, to, step == null ? 1 : step, false);
  }

  private @Nullable Integer number() {
    int start = at;
    accept('-');
    while (Character.isDigit(peek())) {
      at++;
    }
    if (at == start) {
      return null;
    }
    try {
      return Integer.valueOf(text.substring(start, at));
    } catch (NumberFormatException e) {
      throw error("invalid array index " + text.substring(start, at));
    }
  }

  private Step filter() {
    expect('(');
    final Operand left = operand();
    skipSpace();
    String operator = operator();
    Operand right = operator == null ? null : operand();
    skipSpace();
    expect(')');
    skipSpace();
    expect(']');
    return new Step.Filter(left, operator, right);
  }

  private @Nullable String operator() {
    for (String each : List.of("==", "!=", "<=", ">=", "<", ">")) {
      if (text.startsWith(each, at)) {
        at += each.length();
        return each;
      }
    }
    return null;
  }

  private Operand operand() {
    skipSpace();
    char c = peek();
    if (c == '"' || c == '\'') {
      return new Operand.Constant(new JsonTree.Text(quoted()));
    }
    if (c == '@' || c == '.' || c == '$') {
      return new Operand.Path(steps());
    }
    int start = at;
    while (at < text.length() && " )=!<>".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    String word = text.substring(start, at);
    if (word.equals("true") || word.equals("false")) {
      return new Operand.Constant(new JsonTree.Bool(Boolean.parseBoolean(word)));
    }
    if (word.matches("[-+]?\\d+(\\.\\d+)?")) {
      return new Operand.Constant(
          new JsonTree.Num(word.startsWith("+") ? word.substring(1) : word));
    }
    throw error("unrecognized identifier " + word);
  }

  private String quoted() {
    char quote = text.charAt(at++);
    StringBuilder value = new StringBuilder();
    while (peek() != quote) {
      if (at >= text.length()) {
        throw error("unterminated quoted string");
      }
      char c = text.charAt(at++);
      if (c == '\\' && at < text.length()) {
        char escaped = text.charAt(at++);
        value.append(
            switch (escaped) {
              case 'n' -> '\n';
              case 't' -> '\t';
              case 'r' -> '\r';
              default -> escaped;
            });
      } else {
        value.append(c);
      }
    }
    at++;
    return value.toString();
  }

  private boolean word(String word) {
    int end = at + word.length();
    if (!text.startsWith(word, at) || end >= text.length()) {
      return false;
    }
    char next = text.charAt(end);
    if (next != ' ' && next != '}') {
      return false;
    }
    at = end;
    return true;
  }

  private void skipSpace() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private char peek() {
    return at < text.length() ? text.charAt(at) : '\0';
  }

  private boolean accept(char c) {
    if (peek() != c || at >= text.length()) {
      return false;
    }
    at++;
    return true;
  }

  private void expect(char c) {
    if (!accept(c)) {
      throw error(
          at >= text.length()
              ? "unclosed action"
              : "expected " + shown(c) + " but found " + shown(peek()));
    }
  }

  private static String shown(char c) {
    return "U+%04X '%c'".formatted((int) c, c);
  }

  private IllegalArgumentException error(String what) {
    return new IllegalArgumentException(
        "error parsing jsonpath " + text + ", " + what + " at position " + at);
  }
}

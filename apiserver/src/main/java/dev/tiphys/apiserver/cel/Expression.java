package dev.tiphys.apiserver.cel;

import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A compiled expression. Thread-safe. */
final class Expression {

  private static final Pattern POSITION =
      Pattern.compile("^evaluation error(?: at \\S+)?: (.*)$", Pattern.DOTALL);
  private static final Pattern MISSING = Pattern.compile("key '(.*)' is not present in map\\.?");

  private final String text;
  private final CelRuntime.Program program;

  Expression(String text, CelRuntime.Program program) {
    this.text = text;
    this.program = program;
  }

  /** As it was written. */
  String text() {
    return text;
  }

  /**
   * Evaluates.
   *
   * @param budget pays for each step
   * @throws EvaluationException if that fails or costs too much
   */
  Object evaluate(Map<String, ?> variables, Budget budget) throws EvaluationException {
    budget.begin();
    try {
      return program.trace(variables, (_, _) -> budget.step());
    } catch (CelEvaluationException | RuntimeException e) {
      if (budget.isExhausted()) {
        throw new EvaluationException(budget.message(), true, e);
      }
      throw new EvaluationException(message(e), false, e);
    }
  }

  /** The error as upstream's interpreter words it. */
  private static String message(Exception failure) {
    String message = String.valueOf(failure.getMessage());
    Matcher position = POSITION.matcher(message);
    String bare = position.matches() ? position.group(1) : message;
    Throwable cause = failure.getCause();
    if (cause instanceof IllegalArgumentException && cause.getMessage() != null) {
      bare = cause.getMessage();
    }
    Matcher missing = MISSING.matcher(bare);
    return missing.matches() ? "no such key: " + missing.group(1) : bare;
  }
}

package dev.tiphys.apiserver.cel;

/** An expression that could not be evaluated. */
public final class EvaluationException extends Exception {

  private static final long serialVersionUID = 1L;

  private final boolean tooCostly;

  EvaluationException(String message, boolean tooCostly, Throwable cause) {
    super(message, cause);
    this.tooCostly = tooCostly;
  }

  /** Whether it cost more than it may. */
  public boolean isTooCostly() {
    return tooCostly;
  }

  /** What went wrong. */
  public String text() {
    return String.valueOf(getMessage());
  }
}

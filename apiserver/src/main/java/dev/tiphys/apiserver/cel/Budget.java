package dev.tiphys.apiserver.cel;

/** What the evaluations for one request may cost together, and each alone. For one thread. */
public final class Budget {

  private long left = Limits.OBJECT_COST;
  private long callLeft;
  private boolean exhausted;

  void begin() {
    callLeft = Limits.CALL_COST;
  }

  void step() {
    left--;
    callLeft--;
    if (left < 0 || callLeft < 0) {
      exhausted = true;
      throw new IllegalStateException("the budget is exhausted");
    }
  }

  boolean isExhausted() {
    return exhausted;
  }

  String message() {
    return left < 0
        ? "validation failed due to running out of cost budget, no further validation rules will"
            + " be run"
        : "operation cancelled: actual cost limit exceeded";
  }
}

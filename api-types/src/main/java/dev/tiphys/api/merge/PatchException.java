package dev.tiphys.api.merge;

import org.jspecify.annotations.Nullable;

/** A patch that cannot be applied: always its sender's fault. */
public final class PatchException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What is wrong with the patch. */
  public enum Reason {
    /** It is no patch of its kind: HTTP 400. */
    MALFORMED,
    /** It is one, but does not fit the object: HTTP 422. */
    DOES_NOT_APPLY
  }

  private final Reason reason;

  private PatchException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  static PatchException malformed(String message) {
    return new PatchException(Reason.MALFORMED, message, null);
  }

  static PatchException malformed(String message, Throwable cause) {
    return new PatchException(Reason.MALFORMED, message, cause);
  }

  static PatchException doesNotApply(String message) {
    return new PatchException(Reason.DOES_NOT_APPLY, message, null);
  }

  /** What is wrong. */
  public Reason reason() {
    return reason;
  }
}

package dev.tiphys.apiserver.authn;

import org.jspecify.annotations.Nullable;

/** A token that somebody was to know and does not, or could not judge; the message says why. */
public final class TokenException extends Exception {

  private static final long serialVersionUID = 1L;

  /** A token that does not hold. */
  public TokenException(String message) {
    super(message);
  }

  /** A token that could not be judged. */
  public TokenException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

package dev.tiphys.api.generator;

/** A description that no Java can be generated for; the message names the message and field. */
final class BadDescriptionException extends RuntimeException {

  private static final long serialVersionUID = 1;

  BadDescriptionException(String message) {
    super(message);
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}

package dev.tiphys.apiserver.audit;

import java.util.Arrays;
import java.util.Optional;

/** How much of a request is told; each level includes those before it. */
public enum Level {
  /** Nothing. */
  NONE("None"),
  /** Who, what, when and the outcome. */
  METADATA("Metadata"),
  /** And the body of the request. */
  REQUEST("Request"),
  /** And the body of the answer. */
  REQUEST_RESPONSE("RequestResponse");

  private final String text;

  Level(String text) {
    this.text = text;
  }

  /** As policies and events spell it. */
  public String text() {
    return text;
  }

  /** Whether this level includes what another tells. */
  public boolean atLeast(Level other) {
    return compareTo(other) >= 0;
  }

  static Optional<Level> of(String text) {
    return Arrays.stream(values()).filter(level -> level.text.equals(text)).findFirst();
  }
}

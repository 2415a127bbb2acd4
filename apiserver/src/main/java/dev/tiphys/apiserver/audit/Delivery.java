package dev.tiphys.apiserver.audit;

import org.jspecify.annotations.Nullable;

/**
 * How events get to where they go.
 *
 * @param mode see there
 * @param batch how they are gathered in mode batch
 * @param truncate null if they are as long as they are
 */
public record Delivery(Mode mode, BatchSettings batch, @Nullable TruncateSettings truncate) {

  /** Who waits for whom. */
  public enum Mode {
    /** Requests never wait; events that there is no room for are dropped. */
    BATCH("batch"),
    /** Requests wait; events that cannot be delivered are dropped. */
    BLOCKING("blocking"),
    /** Requests wait, and are refused if it cannot be told that they came. */
    STRICT("blocking-strict");

    private final String text;

    Mode(String text) {
      this.text = text;
    }

    /** As flags spell it. */
    public String text() {
      return text;
    }
  }
}

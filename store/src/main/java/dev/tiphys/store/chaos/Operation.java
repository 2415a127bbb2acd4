package dev.tiphys.store.chaos;

/**
 * What one client did with one key, and what it was told. Values are unique numbers; 0: the key
 * does not exist.
 *
 * @param kind what was asked
 * @param expected for a compare-and-set, the value that the key must have; one that did not happen
 *     is a read of what the key had instead
 * @param value what was to be written, or was read
 * @param invoked when it was sent, in nanoseconds
 * @param returned when the answer came; {@link #NEVER} when none did: then it happened at any time
 *     since, or not at all
 */
record Operation(Kind kind, long expected, long value, long invoked, long returned) {
  static final long NEVER = Long.MAX_VALUE;

  enum Kind {
    READ,
    WRITE,
    COMPARE_AND_SET
  }

  boolean answered() {
    return returned != NEVER;
  }

  /** The state after it, or -1 when it cannot have happened in this state. */
  long apply(long state) {
    return switch (kind) {
      case READ -> state == value ? state : -1;
      case WRITE -> value;
      case COMPARE_AND_SET -> state == expected ? value : -1;
    };
  }
}

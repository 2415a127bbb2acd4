package dev.tiphys.store.chaos;

/**
 * What one client did with one key, and what it was told. Values are unique numbers; 0: the key
 * does not exist.
 *
 * @param kind what was asked
 * @param expected for a compare-and-set, the value that the key must have; one that did not happen
 *     is a read of what the key had instead. For the end of a lease, the value that was bound to
 *     it. For a deletion, 0 when it is not known whether there was anything; else 1
 * @param value what was to be written, or was read; 0 for what removes
 * @param invoked when it was sent, in nanoseconds
 * @param returned when the answer came; {@link #NEVER} when none did: then it happened at any time
 *     since, or not at all
 */
record Operation(Kind kind, long expected, long value, long invoked, long returned) {
  static final long NEVER = Long.MAX_VALUE;

  enum Kind {
    READ,
    WRITE,
    COMPARE_AND_SET,
    /** One that found nothing is a read of nothing. */
    DELETE,
    /** The end of a lease: the key goes if it still has the value that was bound to it. */
    END_LEASE
  }

  /** True when a value is in the log for good once this happened. */
  boolean writes() {
    return kind == Kind.WRITE || kind == Kind.COMPARE_AND_SET;
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
      case DELETE -> state == 0 && expected != 0 ? -1 : 0;
      case END_LEASE -> state == expected ? 0 : state;
    };
  }
}

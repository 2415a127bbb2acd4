package dev.tiphys.store.mvcc;

import com.google.protobuf.MessageLite;

/** What came of a command. */
public sealed interface Outcome {
  /**
   * It was carried out; the response has its revision, the rest of its header is the edge's to
   * fill.
   */
  record Done(MessageLite response) implements Outcome {}

  /** It was refused and changed nothing. */
  record Refused(StoreError error) implements Outcome {}
}

package dev.tiphys.store.peer;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** What a member does when another one calls. */
public interface PeerHandler {
  /** A call of Raft whose caller waits. Any thread; may block. */
  CompletableFuture<RaftAnswer> raft(RaftCall call) throws IOException;

  /**
   * A call of a conversation, begun in the order in which they came. By the event loop: must not
   * wait.
   */
  CompletableFuture<RaftAnswer> converse(RaftCall call) throws IOException;

  /** A conversation broke off: perhaps its caller has ended. By the event loop: must not wait. */
  void abandoned();

  /** As the leader: how long a lease has yet. Any thread; may block. */
  LeaseAnswer lease(LeaseQuestion question) throws InterruptedException;

  /** As the leader: who answers, and how far each has come. Any thread; blocks. */
  RollAnswer roll() throws InterruptedException;

  /** Gives the whole state. Any thread; may block. */
  void snapshot(Parts parts) throws IOException, InterruptedException;

  /** Tells a member that was added who it is. Any thread; may block. */
  Acquaintance introduce(Introduction introduction);

  /**
   * Sums up this member's state for another one. Any thread; blocks while it comes as far as it is
   * asked for, and for as long as its log takes to be read.
   *
   * @param unwanted becomes true when nobody waits for it any more
   */
  SumAnswer sum(SumQuestion question, BooleanSupplier unwanted)
      throws IOException, InterruptedException;

  /** Takes the state, in order. */
  @FunctionalInterface
  interface Parts {
    /** The next bytes; blocks while the other side is not ready for more. */
    void part(byte[] bytes) throws InterruptedException;
  }
}

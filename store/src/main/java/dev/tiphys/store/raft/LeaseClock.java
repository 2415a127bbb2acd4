package dev.tiphys.store.raft;

/** Counts down leases while this member leads. Any thread. */
public interface LeaseClock {
  /** Starts a lease anew; its seconds to live, or 0 when it is gone. */
  long keepAlive(long id) throws InterruptedException;

  /** Seconds that a lease has yet, or -1 when it is gone. */
  long remainingSeconds(long id) throws InterruptedException;
}

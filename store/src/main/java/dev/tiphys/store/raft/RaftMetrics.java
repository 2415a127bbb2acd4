package dev.tiphys.store.raft;

/** Is told what happens in ordering commands. Any thread; must not wait. */
public interface RaftMetrics {
  /** Counts nothing. */
  RaftMetrics NONE =
      new RaftMetrics() {
        @Override
        public void leaderChanged() {}

        @Override
        public void proposed() {}

        @Override
        public void ended(boolean failed) {}

        @Override
        public void roundTrip(long member, long nanos) {}

        @Override
        public void syncedIn(long nanos) {}
      };

  /** This member heard of a leader, who is not the one before. */
  void leaderChanged();

  /** A command is on its way. */
  void proposed();

  /**
   * A command is not on its way any more.
   *
   * @param failed true when nobody knows what became of it, or nobody ordered it
   */
  void ended(boolean failed);

  /** A follower answered a heartbeat after so many nanoseconds. */
  void roundTrip(long member, long nanos);

  /** A sync of the Raft log took so many nanoseconds. */
  void syncedIn(long nanos);
}

package dev.tiphys.store.mvcc;

/** Is told how long the disk took. Any thread; must not wait. */
public interface Stopwatch {
  /** Measures nothing. */
  Stopwatch NONE =
      new Stopwatch() {
        @Override
        public long now() {
          return 0;
        }

        @Override
        public void synced(long since) {}

        @Override
        public void checkpointed(long since) {}
      };

  /** Nanoseconds of a steady clock. */
  long now();

  /** What an answer waited for is durable; it began then. */
  void synced(long since);

  /** A checkpoint was made, which began then. */
  void checkpointed(long since);
}

package dev.tiphys.apiserver.strategy;

/**
 * Something unique that is held for a write in flight. Exactly one of the two methods is called,
 * once.
 */
public interface Reservation {

  /** Holds nothing. */
  Reservation NONE =
      new Reservation() {
        @Override
        public void commit() {}

        @Override
        public void release() {}
      };

  /** The object is stored; what it holds is its own now. */
  void commit();

  /** The object was not stored. */
  void release();
}

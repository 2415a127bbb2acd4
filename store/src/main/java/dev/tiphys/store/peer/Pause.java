package dev.tiphys.store.peer;

import java.time.Duration;

/** Passes the time between two tries, so that tests need not wait for it. */
@FunctionalInterface
public interface Pause {
  /** Waits for so long. */
  void sleep(Duration duration) throws InterruptedException;
}

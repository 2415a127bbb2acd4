package dev.tiphys.client.environment;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.random.RandomGenerator;

/**
 * The one door through which time, randomness and threads come into control loops.
 *
 * <p>Work is plain blocking code in tasks. A task may block in {@link #sleep}, in a client call or
 * in a watch; it must not hold a lock meanwhile, nor wait for another task by any other means, for
 * the simulator runs one task at a time and can only switch at those points. Instead of waiting for
 * something, let it call back and {@link #execute} then: an idle controller owns no thread.
 *
 * <p>Thread-safe.
 */
public interface Environment {

  /** The wall clock: for timestamps, and for comparing with timestamps of others. */
  InstantSource clock();

  /** Time since some fixed moment that no clock adjustment moves: for measuring and timeouts. */
  Duration uptime();

  /** The source of chance: jitter, generated names. Safe to use from any task. */
  RandomGenerator random();

  /**
   * Starts a task now, on a thread of its own.
   *
   * @param name for thread dumps and traces
   * @param work an exception that it throws is logged as a defect and ends the task; a {@link
   *     java.util.concurrent.CancellationException} ends it quietly
   */
  default Task execute(String name, Runnable work) {
    return schedule(Duration.ZERO, name, work);
  }

  /**
   * Starts a task later.
   *
   * @param delay from now; zero or negative means now
   */
  Task schedule(Duration delay, String name, Runnable work);

  /**
   * Blocks the calling task.
   *
   * @throws InterruptedException if the task is cancelled meanwhile
   */
  void sleep(Duration duration) throws InterruptedException;

  /**
   * Runs several pieces of work, at once where the environment can, and waits for all of them.
   *
   * @param name for thread dumps and traces
   * @param works each ends in any case; what the first to fail throws is thrown in the end
   * @throws java.util.concurrent.CancellationException if the calling task is cancelled; the works
   *     are interrupted and have ended then
   */
  default void runAll(String name, Collection<? extends Runnable> works) {
    RuntimeException failure = null;
    for (Runnable work : works) {
      try {
        work.run();
      } catch (RuntimeException e) {
        failure = failure == null ? e : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** A started or scheduled piece of work. */
  interface Task {

    /** Prevents a task that has not begun, interrupts one that has; else does nothing. */
    void cancel();
  }
}

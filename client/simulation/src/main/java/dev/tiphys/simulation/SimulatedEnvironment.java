package dev.tiphys.simulation;

import dev.tiphys.client.environment.Environment;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that run one at a time, on a clock that jumps to the next thing to do.
 *
 * <p>Each task has a thread of its own, so that it may block, but only one has the baton: it keeps
 * it until it ends or blocks in {@link #sleep}, a call to the {@link SimulatedCluster} or a {@link
 * Signal}. Who is next is decided by time, and among those due at once by chance, from the seed.
 *
 * <p>The test's own thread drives: {@link #runFor} and {@link #runUntil}; its own calls to the
 * cluster happen at once, between tasks. An exception that escapes a task fails the run.
 *
 * <p>Tasks of one process can be killed together: see {@link #process}. The environment itself is
 * the process that needs no name.
 */
public final class SimulatedEnvironment implements Environment {

  /** When simulations begin. */
  public static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

  private static final int STEPS_AT_ONE_INSTANT = 1_000_000;

  private final Random random;
  private final PriorityQueue<Step> agenda =
      new PriorityQueue<>(
          Comparator.comparing(Step::at).thenComparing(Step::lot).thenComparing(Step::number));
  private final Semaphore driver = new Semaphore(0);
  private final Process main = new Process("main");
  private Duration now = Duration.ZERO;
  private long steps;
  private @Nullable Fiber current;
  private @Nullable Throwable defect;

  /** Something to do at a time; the lot decides among those due at once. */
  private record Step(Duration at, int lot, long number, Fiber fiber, long episode) {}

  /** Makes an environment whose course depends on the seed alone. */
  public SimulatedEnvironment(long seed) {
    this.random = new Random(seed);
  }

  /** Makes a process of its own, whose tasks can be killed together. */
  public Process process(String name) {
    return new Process(name);
  }

  /** Runs everything that is due within a time, and lets that time pass. */
  public void runFor(Duration duration) {
    runUntil(() -> false, duration);
  }

  /**
   * Runs until something holds, or a time has passed.
   *
   * @param condition asked after each step
   * @return whether it held in time
   */
  public boolean runUntil(BooleanSupplier condition, Duration atMost) {
    if (current != null) {
      throw new IllegalStateException("only the test's own thread may run the simulation");
    }
    Duration end = now.plus(atMost);
    int here = 0;
    while (!condition.getAsBoolean()) {
      Step step = agenda.peek();
      if (step == null || step.at.compareTo(end) > 0) {
        now = end;
        return false;
      }
      agenda.poll();
      if (step.fiber.dead() || step.episode != step.fiber.episode) {
        continue;
      }
      here = step.at.equals(now) ? here + 1 : 0;
      if (here > STEPS_AT_ONE_INSTANT) {
        throw new IllegalStateException("time stands still: something runs without pause");
      }
      if (step.at.compareTo(now) > 0) {
        now = step.at;
      }
      give(step.fiber);
      if (defect != null) {
        throw new AssertionError("a task failed at " + now, defect);
      }
    }
    return true;
  }

  private void give(Fiber fiber) {
    current = fiber;
    if (fiber.thread == null) {
      fiber.thread = Thread.ofVirtual().name(fiber.name).start(() -> body(fiber));
    } else {
      fiber.baton.release();
    }
    driver.acquireUninterruptibly();
    current = null;
  }

  private void body(Fiber fiber) {
    try {
      fiber.work.run();
    } catch (RuntimeException | Error e) {
      if (!fiber.process.dead && !(e instanceof CancellationException)) {
        defect = e;
      }
    } finally {
      fiber.ended = true;
      driver.release();
    }
  }

  private void wake(Fiber fiber, Duration delay) {
    Duration at = delay.isPositive() ? now.plus(delay) : now;
    agenda.add(new Step(at, random.nextInt(), steps++, fiber, fiber.episode));
  }

  /** Gives the baton back and waits for it. Wake-ups meant for an earlier wait count no more. */
  private void block(Fiber fiber) {
    driver.release();
    fiber.baton.acquireUninterruptibly();
    fiber.episode++;
  }

  /**
   * Makes a task that is running take a pause, as a call over a network does. Does nothing on the
   * test's own thread.
   */
  public void pause(Duration duration) {
    Fiber fiber = current;
    if (fiber != null) {
      wake(fiber, duration);
      block(fiber);
    }
  }

  /** Whether a task is running, rather than the test's own thread. */
  boolean inTask() {
    return current != null;
  }

  /** Chance, for the cluster. */
  Random chance() {
    return random;
  }

  @Override
  public InstantSource clock() {
    return main.clock();
  }

  @Override
  public Duration uptime() {
    return now;
  }

  @Override
  public RandomGenerator random() {
    return random;
  }

  @Override
  public Task schedule(Duration delay, String name, Runnable work) {
    return main.schedule(delay, name, work);
  }

  @Override
  public void sleep(Duration duration) throws InterruptedException {
    Fiber fiber = current;
    if (fiber == null) {
      runFor(duration);
      return;
    }
    pause(duration);
    if (Thread.interrupted()) {
      throw new InterruptedException("the task was cancelled");
    }
  }

  /** Something that tasks wait for. */
  final class Signal {

    private @Nullable Fiber waiting;

    /** Blocks the running task until the signal is raised, time is up, or it is cancelled. */
    void await(Duration timeout) {
      Fiber fiber = current;
      if (fiber == null) {
        throw new IllegalStateException("only tasks can wait; run the simulation instead");
      }
      waiting = fiber;
      wake(fiber, timeout);
      block(fiber);
      waiting = null;
    }

    /** Wakes the waiting task after a delay. */
    void raise(Duration delay) {
      if (waiting != null) {
        wake(waiting, delay);
      }
    }
  }

  /** A process: an environment whose tasks end together when it is killed. */
  public final class Process implements Environment {

    private final String name;
    private boolean dead;
    private Duration skew = Duration.ZERO;

    private Process(String name) {
      this.name = name;
    }

    /** Ends the process at once, in the midst of whatever its tasks are doing. */
    public void kill() {
      dead = true;
    }

    /** Makes the process's wall clock go wrong by an amount. */
    public void skewClock(Duration amount) {
      skew = amount;
    }

    @Override
    public InstantSource clock() {
      return () -> EPOCH.plus(now).plus(skew);
    }

    @Override
    public Duration uptime() {
      return now;
    }

    @Override
    public RandomGenerator random() {
      return random;
    }

    @Override
    public Task schedule(Duration delay, String task, Runnable work) {
      Fiber fiber = new Fiber(name + "/" + task, this, work);
      wake(fiber, delay);
      return fiber;
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
      SimulatedEnvironment.this.sleep(duration);
    }
  }

  /** A task and its thread. */
  private final class Fiber implements Task {

    final String name;
    final Process process;
    final Runnable work;
    final Semaphore baton = new Semaphore(0);
    @Nullable Thread thread;
    boolean cancelled;
    boolean ended;
    long episode;

    Fiber(String name, Process process, Runnable work) {
      this.name = name;
      this.process = process;
      this.work = work;
    }

    boolean dead() {
      return ended || process.dead || (cancelled && thread == null);
    }

    @Override
    public void cancel() {
      cancelled = true;
      if (thread != null && !ended) {
        thread.interrupt();
        if (current != this) {
          wake(this, Duration.ZERO);
        }
      }
    }
  }
}

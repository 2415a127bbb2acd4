package dev.tiphys.apiserver.bootstrap;

import dev.tiphys.apiserver.request.ApiException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the steps, each until it has succeeded once, and then all of them again from time to time,
 * so that what somebody deleted comes back.
 */
public final class Bootstrap implements AutoCloseable {

  /** A step. */
  public interface Step {
    /** As the health check is named: {@code poststarthook/…}. */
    String name();

    /** A step that is one action. */
    static Step of(String name, Runnable action) {
      return new Step() {
        @Override
        public String name() {
          return name;
        }

        @Override
        public void run() {
          action.run();
        }
      };
    }

    /** Makes true what this step stands for; changes nothing if it is true already. */
    void run();
  }

  private static final Logger log = LoggerFactory.getLogger(Bootstrap.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LAST_PAUSE = Duration.ofSeconds(2);

  /** Between two rounds: as upstream looks after its system namespaces, or slower. */
  public static final Duration REPEAT = Duration.ofSeconds(30);

  private final List<Step> steps;
  private final Duration repeat;
  private final Map<String, Boolean> done = new ConcurrentHashMap<>();
  private final Set<String> waiting = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * Begins.
   *
   * @param repeat between two rounds
   * @param executor runs one task until this is closed
   */
  public Bootstrap(List<Step> steps, Duration repeat, Executor executor) {
    this.steps = List.copyOf(steps);
    this.repeat = repeat;
    executor.execute(this::run);
  }

  /** The same more often for one of the steps, which has been run with the others before. */
  public Bootstrap oftener(Step step, Duration often, Executor executor) {
    return new Bootstrap(
        List.of(step),
        often,
        task ->
            executor.execute(() -> {
              if (awaited(step)) {
                task.run();
              }
            }));
  }

  /**
   * Runs a step again at once, for what it follows from has changed; not before it has been done
   * for the first time. Calls before it begins are one.
   */
  public void again(Step step, Executor executor) {
    if (!waiting.add(step.name())) {
      return;
    }
    executor.execute(() -> {
      try {
        if (awaited(step)) {
          waiting.remove(step.name());
          untilDone(step);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
  }

  private boolean awaited(Step step) {
    try {
      while (!done(step)) {
        if (closedWithin(FIRST_PAUSE)) {
          return false;
        }
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Whether a step has succeeded since the start. */
  public boolean done(Step step) {
    return done.containsKey(step.name());
  }

  private void run() {
    try {
      do {
        for (Step step : steps) {
          untilDone(step);
        }
      } while (!closedWithin(repeat));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean closedWithin(Duration pause) throws InterruptedException {
    return closed.await(pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void untilDone(Step step) throws InterruptedException {
    Duration pause = FIRST_PAUSE;
    String told = "";
    do {
      try {
        step.run();
        if (done.put(step.name(), true) == null) {
          log.info("event=bootstrapped step={}", step.name());
        }
        return;
      } catch (ApiException e) {
        if (!e.text().equals(told)) {
          told = e.text();
          log.warn("event=bootstrap-waits step={} cause=\"{}\"", step.name(), told);
        }
      }
      pause = pause.multipliedBy(2).compareTo(LAST_PAUSE) < 0 ? pause.multipliedBy(2) : LAST_PAUSE;
    } while (!closedWithin(pause));
  }

  @Override
  public void close() {
    closed.countDown();
  }
}

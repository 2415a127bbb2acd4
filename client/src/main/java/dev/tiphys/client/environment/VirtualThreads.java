package dev.tiphys.client.environment;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The environment of a daemon: the system's clocks, and a virtual thread for each task. Waiting
 * tasks cost about a kilobyte each.
 */
public final class VirtualThreads implements Environment {

  private static final Logger log = LoggerFactory.getLogger(VirtualThreads.class);

  private final long start = System.nanoTime();
  private final RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();

  @Override
  public InstantSource clock() {
    return InstantSource.system();
  }

  @Override
  public Duration uptime() {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  @Override
  public RandomGenerator random() {
    return random;
  }

  @Override
  public Task schedule(Duration delay, String name, Runnable work) {
    Thread thread = Thread.ofVirtual().name(name).start(() -> run(delay, name, work));
    return thread::interrupt;
  }

  private static void run(Duration delay, String name, Runnable work) {
    if (delay.isPositive()) {
      try {
        Thread.sleep(delay);
      } catch (InterruptedException cancelled) {
        return;
      }
    }
    try {
      work.run();
    } catch (CancellationException cancelled) {
      log.debug("event=task-cancelled task={}", name);
    } catch (RuntimeException | Error defect) {
      log.error("event=task-failed task={}", name, defect);
    }
  }

  @Override
  public void sleep(Duration duration) throws InterruptedException {
    Thread.sleep(duration);
  }

  @Override
  public void runAll(String name, Collection<? extends Runnable> works) {
    if (works.size() == 1) {
      works.iterator().next().run();
      return;
    }
    Queue<RuntimeException> failures = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    for (Runnable work : works) {
      Runnable guarded =
          () -> {
            try {
              work.run();
            } catch (RuntimeException e) {
              failures.add(e);
            }
          };
      threads.add(Thread.ofVirtual().name(name).start(guarded));
    }
    if (!join(threads)) {
      Thread.currentThread().interrupt();
      throw new CancellationException("the task was cancelled");
    }
    RuntimeException first = failures.peek();
    if (first != null) {
      throw first;
    }
  }

  /** Waits for all threads; interrupts them, and still waits, if interrupted itself. */
  private static boolean join(List<Thread> threads) {
    boolean undisturbed = true;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException cancelled) {
          undisturbed = false;
          threads.forEach(Thread::interrupt);
        }
      }
    }
    return undisturbed;
  }
}

package dev.tiphys.store.grpc;

import io.grpc.Context;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * What happens to one call, one after the other, on threads that may wait, and within the call's
 * context. Thread-safe.
 */
final class CallThread implements Executor {
  private final Executor threads;
  private final Context.CancellableContext context;
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private boolean running;

  CallThread(Executor threads) {
    this.threads = threads;
    this.context = Context.ROOT.withCancellation();
  }

  /**
   * Runs a task after those before it.
   *
   * @throws java.util.concurrent.RejectedExecutionException at the end of the member
   */
  @Override
  public void execute(Runnable task) {
    synchronized (tasks) {
      tasks.add(task);
      if (running) {
        return;
      }
      running = true;
    }
    threads.execute(context.wrap(this::runAll));
  }

  /**
   * Ends the context, which whoever waits within it is told, and not by the thread of the caller.
   */
  void cancel(Throwable why) {
    try {
      threads.execute(() -> context.cancel(why));
    } catch (RejectedExecutionException e) {
      context.cancel(why); // the member ends, and so do all who wait
    }
  }

  /** The call is over. */
  void end() {
    context.cancel(null);
  }

  private void runAll() {
    while (true) {
      Runnable next;
      synchronized (tasks) {
        next = tasks.poll();
        if (next == null) {
          running = false;
          return;
        }
      }
      next.run();
    }
  }
}

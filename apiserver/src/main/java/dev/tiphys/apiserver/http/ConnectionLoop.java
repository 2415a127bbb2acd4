package dev.tiphys.apiserver.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** The event loop of a connection: where its state is changed. Thread-safe. */
final class ConnectionLoop implements PeriodicTasks {

  private final EventExecutor executor;
  private final Channel channel;

  ConnectionLoop(ChannelHandlerContext context) {
    this.executor = context.executor();
    this.channel = context.channel();
  }

  /** Does something on the loop: now if this is it, else soon, in the order of the calls. */
  void execute(Runnable task) {
    if (executor.inEventLoop()) {
      task.run();
      return;
    }
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) {
      // The server has stopped: the connection is closed and its exchanges have been told.
      if (channel.isOpen()) {
        throw e;
      }
    }
  }

  /** Does something on the loop in its next turn, after all that is queued now. */
  void executeLater(Runnable task) {
    executor.execute(task);
  }

  @Override
  public void every(Duration interval, Runnable task) {
    var repeated =
        executor.scheduleWithFixedDelay(
            task, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    channel.closeFuture().addListener(_ -> repeated.cancel(false));
  }
}

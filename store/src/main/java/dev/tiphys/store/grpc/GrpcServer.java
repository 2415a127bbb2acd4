package dev.tiphys.store.grpc;

import io.grpc.Attributes;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/** Serves methods on connections that somebody else has accepted. Thread-safe. */
public final class GrpcServer {
  private final Methods methods;
  private final ServerSettings settings;
  private final Executor threads;
  private final LongSupplier ticker;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Set<GrpcConnection> connections = new HashSet<>();
  private boolean closing;

  /**
   * Takes what there is to call.
   *
   * @param threads for calls that may wait
   * @param ticker nanoseconds of a steady clock
   */
  public GrpcServer(
      Methods methods, ServerSettings settings, Executor threads, LongSupplier ticker) {
    this.methods = methods;
    this.settings = settings;
    this.threads = threads;
    this.ticker = ticker;
  }

  /**
   * What serves a connection, from the first byte of HTTP/2's preface on. Add it to the channel's
   * pipeline on the channel's event loop.
   *
   * @param attributes what calls are told about the connection
   */
  public ChannelHandler serve(Channel channel, Attributes attributes) {
    return new GrpcConnection(this, channel, attributes);
  }

  /**
   * Takes no more calls, lets those that are open end, and closes the connections.
   *
   * @param patience for open calls; they are cancelled after that
   */
  public void close(Duration patience) throws InterruptedException {
    lock.lock();
    try {
      closing = true;
      List.copyOf(connections).forEach(GrpcConnection::leave);
      long left = patience.toNanos();
      while (!connections.isEmpty() && left > 0) {
        left = changed.awaitNanos(left);
      }
      List.copyOf(connections).forEach(GrpcConnection::end);
    } finally {
      lock.unlock();
    }
  }

  Methods methods() {
    return methods;
  }

  ServerSettings settings() {
    return settings;
  }

  Executor threads() {
    return threads;
  }

  LongSupplier ticker() {
    return ticker;
  }

  /** False when it comes too late. */
  boolean came(GrpcConnection connection) {
    lock.lock();
    try {
      return !closing && connections.add(connection);
    } finally {
      lock.unlock();
    }
  }

  void left(GrpcConnection connection) {
    lock.lock();
    try {
      connections.remove(connection);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}

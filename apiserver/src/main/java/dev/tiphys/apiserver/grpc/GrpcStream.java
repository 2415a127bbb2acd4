package dev.tiphys.apiserver.grpc;

import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A call with answers without end. Whoever takes them too slowly holds the server back.
 * Thread-safe.
 */
public final class GrpcStream extends Call implements AutoCloseable {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<byte[]> messages = new ArrayDeque<>();
  private @Nullable GrpcException end;
  private int heldBytes;
  private volatile @Nullable GrpcConnection connection;
  private volatile int streamId;

  GrpcStream(String path, byte[] request, long deadline) {
    super(path, request, deadline);
  }

  /**
   * The next message; blocks until there is one.
   *
   * @throws GrpcException if there are no more: a stream never ends in peace
   */
  public byte[] take() throws GrpcException, InterruptedException {
    byte[] next;
    int give = 0;
    lock.lock();
    try {
      while (messages.isEmpty() && end == null) {
        changed.await();
      }
      byte[] first = messages.poll();
      if (first == null) {
        GrpcException why = end;
        throw why == null ? gaveUp("the stream has ended") : why;
      }
      next = first;
      if (heldBytes > 0 && messages.size() <= Limits.STREAM_QUEUE / 2) {
        give = heldBytes;
        heldBytes = 0;
      }
    } finally {
      lock.unlock();
    }
    GrpcConnection begun = connection;
    if (give > 0 && begun != null) {
      begun.returnWindow(streamId, give);
    }
    return next;
  }

  /**
   * Ends the stream; whoever waits in {@link #take} is told, and what has come is dropped.
   *
   * @param reason for the exception of {@link #take}
   */
  public void close(String reason) {
    lock.lock();
    try {
      messages.clear();
      if (end == null) {
        end = gaveUp(reason);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
    GrpcConnection begun = connection;
    if (begun != null) {
      begun.cancel(streamId);
    }
  }

  @Override
  public void close() {
    close("the stream has been closed");
  }

  private static GrpcException gaveUp(String reason) {
    return new GrpcException(GrpcException.CANCELLED, reason);
  }

  private boolean closed() {
    lock.lock();
    try {
      return end != null;
    } finally {
      lock.unlock();
    }
  }

  @Override
  boolean bounded() {
    return connection == null;
  }

  @Override
  boolean repeatable() {
    return false;
  }

  @Override
  boolean halfClosed() {
    return false;
  }

  @Override
  void begun(GrpcConnection on, int under) {
    streamId = under;
    connection = on;
    if (closed()) {
      on.cancel(under);
    }
  }

  @Override
  void message(byte[] whole) {
    lock.lock();
    try {
      if (end == null) {
        messages.add(whole);
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  Taken taken(int bytes) {
    lock.lock();
    try {
      if (messages.size() < Limits.STREAM_QUEUE || end != null) {
        return Taken.WHOLE;
      }
      heldBytes += bytes;
      return Taken.HELD;
    } finally {
      lock.unlock();
    }
  }

  @Override
  void over(@Nullable GrpcException failure) {
    lock.lock();
    try {
      if (end == null) {
        end =
            failure == null
                ? new GrpcException(GrpcException.UNAVAILABLE, "the server ended the stream")
                : failure;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }
}

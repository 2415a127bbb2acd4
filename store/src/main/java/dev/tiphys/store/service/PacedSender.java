package dev.tiphys.store.service;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Sends on a stream no faster than the client takes: {@link #send} blocks until it is ready. For
 * one sending thread. Make it before the call's handler returns.
 */
final class PacedSender<T> {
  private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

  private final ServerCallStreamObserver<T> client;
  private final Semaphore ready = new Semaphore(0);
  private final Duration patience;
  private volatile boolean gone;

  /** Takes the stream and what to do when the client has left. Waits for it as long as it takes. */
  PacedSender(ServerCallStreamObserver<T> client, Runnable whenGone) {
    this(client, whenGone, FOREVER);
  }

  /** As the other one, but a client that takes nothing for so long is given up. */
  PacedSender(ServerCallStreamObserver<T> client, Runnable whenGone, Duration patience) {
    this.client = client;
    this.patience = patience;
    client.setOnReadyHandler(ready::release);
    Runnable gone =
        () -> {
          leave();
          whenGone.run();
        };
    client.setOnCancelHandler(gone);
    client.setOnCloseHandler(gone); // by us, or in the name of somebody else here
  }

  /** True when nobody listens any more. */
  boolean isGone() {
    return gone;
  }

  /** Fails with {@code CANCELLED} when nobody listens any more. */
  void mustBeHeard() {
    if (gone) {
      throw Status.CANCELLED.asRuntimeException();
    }
  }

  /** Lets a blocked {@link #send} fail. */
  void leave() {
    gone = true;
    ready.release();
  }

  /**
   * Sends; fails with {@code CANCELLED} when the client has left, and with {@code
   * DEADLINE_EXCEEDED} when it is given up.
   */
  void send(T message) throws InterruptedException {
    awaitReady();
    client.onNext(message);
  }

  /** Blocks until {@link #send} would not; fails as it does. */
  void awaitReady() throws InterruptedException {
    while (!client.isReady()) {
      mustBeHeard();
      if (!ready.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        throw Status.DEADLINE_EXCEEDED
            .withDescription("the client took nothing for " + patience.toSeconds() + " s")
            .asRuntimeException();
      }
      ready.drainPermits();
    }
  }
}

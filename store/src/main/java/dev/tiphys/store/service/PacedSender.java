package dev.tiphys.store.service;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.Semaphore;

/**
 * Sends on a stream no faster than the client takes: {@link #send} blocks until it is ready. For
 * one sending thread. Make it before the call's handler returns.
 */
final class PacedSender<T> {
  private final ServerCallStreamObserver<T> client;
  private final Semaphore ready = new Semaphore(0);
  private volatile boolean gone;

  /** Takes the stream and what to do when the client has left. */
  PacedSender(ServerCallStreamObserver<T> client, Runnable whenGone) {
    this.client = client;
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

  /** Lets a blocked {@link #send} fail. */
  void leave() {
    gone = true;
    ready.release();
  }

  /** Sends; fails with {@code CANCELLED} when the client has left. */
  void send(T message) throws InterruptedException {
    while (!client.isReady()) {
      if (gone) {
        throw Status.CANCELLED.asRuntimeException();
      }
      ready.acquire();
      ready.drainPermits();
    }
    client.onNext(message);
  }
}

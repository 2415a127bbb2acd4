package dev.tiphys.store.service;

import dev.tiphys.store.mvcc.StoreError;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Refuses calls that ask for a leader ({@code hasleader: true}) while none is known, and ends those
 * of their streams that are open when none has been known for a while: a client that watches a
 * member which is cut off goes elsewhere, instead of hearing nothing. Thread-safe.
 */
public final class RequireLeader implements ServerInterceptor, AutoCloseable {
  private static final Metadata.Key<String> HAS_LEADER =
      Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

  /** Looks without a leader after which streams end: to come back costs more than to wait. */
  private static final int PATIENCE = 3;

  private final BooleanSupplier leaderKnown;
  private final Set<Stream<?, ?>> streams = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closed = new CountDownLatch(1);
  private int looksWithout;

  /** Takes what knows whether there is a leader. */
  public RequireLeader(BooleanSupplier leaderKnown) {
    this.leaderKnown = leaderKnown;
  }

  @Override
  public <Q, S> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
    if (!"true".equals(headers.get(HAS_LEADER))) {
      return next.startCall(call, headers);
    }
    if (!leaderKnown.getAsBoolean()) {
      call.close(noLeader(), new Metadata());
      return new ServerCall.Listener<>() {};
    }
    if (call.getMethodDescriptor().getType().serverSendsOneMessage()) {
      return next.startCall(call, headers);
    }
    var stream = new Stream<>(call);
    streams.add(stream);
    return new Leaving<>(next.startCall(stream, headers), stream);
  }

  /**
   * Looks again and again until closed. Run it on a thread of its own.
   *
   * @param interval the election timeout
   */
  public void run(Duration interval) throws InterruptedException {
    while (!closed.await(interval.toNanos(), TimeUnit.NANOSECONDS)) {
      look();
    }
  }

  /** Looks once. */
  void look() {
    looksWithout = leaderKnown.getAsBoolean() ? 0 : looksWithout + 1;
    if (looksWithout >= PATIENCE) {
      List.copyOf(streams).forEach(Stream::end);
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }

  private static Status noLeader() {
    return Errors.status(StoreError.NO_LEADER.exception()).getStatus();
  }

  /** A call that may be ended while others send on it: what they send after that is dropped. */
  private static final class Stream<Q, S> extends SimpleForwardingServerCall<Q, S> {
    private boolean ended;

    Stream(ServerCall<Q, S> call) {
      super(call);
    }

    synchronized void end() {
      if (!ended) {
        ended = true;
        super.close(noLeader(), new Metadata());
      }
    }

    @Override
    public synchronized void sendHeaders(Metadata headers) {
      if (!ended) {
        super.sendHeaders(headers);
      }
    }

    @Override
    public synchronized void sendMessage(S message) {
      if (!ended) {
        super.sendMessage(message);
      }
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
      if (!ended) {
        ended = true;
        super.close(status, trailers);
      }
    }
  }

  /** Forgets the stream when it is over. */
  private final class Leaving<Q>
      extends io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener<Q> {
    private final Stream<?, ?> stream;

    Leaving(ServerCall.Listener<Q> listener, Stream<?, ?> stream) {
      super(listener);
      this.stream = stream;
    }

    @Override
    public void onCancel() {
      streams.remove(stream);
      super.onCancel();
    }

    @Override
    public void onComplete() {
      streams.remove(stream);
      super.onComplete();
    }
  }
}

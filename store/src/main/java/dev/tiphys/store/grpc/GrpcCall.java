package dev.tiphys.store.grpc;

import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call. Its handler answers from any thread, one at a time, as {@link ServerCall} demands; what
 * comes in, and its end, belong to the connection's event loop.
 *
 * @param <Q> what comes in
 * @param <S> what goes out
 */
final class GrpcCall<Q, S> extends ServerCall<Q, S> implements Outgoing {
  private static final Logger log = LoggerFactory.getLogger(GrpcCall.class);

  private final GrpcConnection connection;
  private final int stream;
  private final ServerMethodDefinition<Q, S> method;
  private final Head head;
  private final boolean oneAnswer;
  private final @Nullable CallThread thread;
  private final AtomicInteger unsentBytes = new AtomicInteger();
  private volatile boolean over;

  // Of the handler.
  private @Nullable Metadata begin;
  private @Nullable ByteBuf only;
  private volatile boolean closed;

  // Of the thread that calls the handler.
  private Listener<Q> listener = new Listener<>() {};

  // Of the event loop.
  private final Inbox<Q> inbox;
  private final Outbox outbox = new Outbox();
  private @Nullable Future<?> deadline;

  GrpcCall(
      GrpcConnection connection,
      int stream,
      ServerMethodDefinition<Q, S> method,
      Head head,
      @Nullable Executor threads,
      int maxMessageBytes) {
    this.connection = connection;
    this.stream = stream;
    this.method = method;
    this.head = head;
    this.oneAnswer = getMethodDescriptor().getType().serverSendsOneMessage();
    this.thread = threads == null ? null : new CallThread(threads);
    this.inbox =
        new Inbox<>(
            new MessageReader<>(
                getMethodDescriptor().getRequestMarshaller(), maxMessageBytes, head.encoding()),
            new Inbox.Receiver<>() {
              @Override
              public void message(Q message) {
                run(() -> {
                  if (!closed) {
                    listener.onMessage(message);
                  }
                });
              }

              @Override
              public void end() {
                run(() -> {
                  if (!closed) {
                    listener.onHalfClose();
                  }
                });
              }

              @Override
              public void taken(int bytes) {
                connection.mayHaveMore(stream, bytes);
              }
            });
  }

  @Override
  public int stream() {
    return stream;
  }

  /** True when the client has said all. */
  boolean isHalfClosed() {
    return inbox.isEnded();
  }

  /**
   * Takes what the client says.
   *
   * @param windowBytes that it took of the client's window
   * @param last whether it says no more
   * @throws ConnectionError when the client sent more than it may
   */
  void receive(ByteBufAllocator allocator, ByteBuf piece, int windowBytes, boolean last)
      throws ConnectionError {
    try {
      inbox.add(allocator, piece, windowBytes, last);
    } catch (StatusRuntimeException e) {
      connection.breakOff(this, e.getStatus());
    }
  }

  @Override
  public Outbox outbox() {
    return outbox;
  }

  /** Calls the handler. */
  void begin() {
    run(() -> listener = method.getServerCallHandler().startCall(this, head.metadata()));
    if (!oneAnswer) {
      run(() -> listener.onReady());
    }
  }

  /** What ends the call when the client waits no longer. */
  void deadline(Future<?> timer) {
    deadline = timer;
  }

  private void run(Runnable task) {
    if (thread == null) {
      guarded(task);
      return;
    }
    try {
      thread.execute(() -> guarded(task));
    } catch (RejectedExecutionException e) {
      fail(Status.UNAVAILABLE.withDescription("the member ends"));
    }
  }

  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (StatusRuntimeException e) {
      fail(e.getStatus());
    } catch (RuntimeException | Error e) {
      log.error("call failed method={}", getMethodDescriptor().getFullMethodName(), e);
      fail(Status.UNKNOWN.withDescription("Application error processing RPC"));
    }
  }

  private void fail(Status status) {
    if (closeFirst()) {
      conclude(status, Answer.NO_TRAILERS);
    }
  }

  /** A handler may fail here while it answers from elsewhere: one of the two ends the call. */
  private synchronized boolean closeFirst() {
    boolean first = !closed;
    closed = true;
    return first;
  }

  /** The answer has been sent to its end. For the event loop. */
  void sent() {
    end();
    run(() -> listener.onComplete());
    if (thread != null) {
      thread.end();
    }
  }

  /** The call has ended, and not by its handler. For the event loop. */
  void cancelled(Status why) {
    end();
    if (thread != null) {
      thread.cancel(why.asRuntimeException());
    }
    run(() -> listener.onCancel());
  }

  private void end() {
    over = true;
    takeOnly(false);
    inbox.close();
    outbox.close();
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  @Override
  public void left(int bytes) {
    connection.answered();
    int before = unsentBytes.getAndAdd(-bytes);
    if (before >= Bounds.READY_BYTES && before - bytes < Bounds.READY_BYTES && !over) {
      run(() -> listener.onReady());
    }
  }

  @Override
  public void request(int messages) {
    if (inbox.request(messages)) {
      connection.onLoop(inbox::deliver);
    }
  }

  @Override
  public void sendHeaders(Metadata headers) {
    begin = headers;
    if (!oneAnswer && !over) {
      connection.send(new Answer(this, takeBegin(), null, null, Answer.NO_TRAILERS));
    }
  }

  private @Nullable Metadata takeBegin() {
    var taken = begin;
    begin = null;
    return taken;
  }

  @Override
  public void sendMessage(S message) {
    if (over || closed) {
      return; // nobody listens
    }
    var encoded = encoded(message);
    if (oneAnswer) {
      keep(encoded);
      return;
    }
    unsentBytes.getAndAdd(encoded.readableBytes());
    connection.send(new Answer(this, takeBegin(), encoded, null, Answer.NO_TRAILERS));
  }

  /** Keeps the only answer for {@link #close}, unless the call has been closed meanwhile. */
  private synchronized void keep(ByteBuf encoded) {
    if (!over && !closed && only == null) {
      only = encoded;
      return;
    }
    encoded.release();
    if (only != null) {
      throw Status.INTERNAL.withDescription("Too many responses").asRuntimeException();
    }
  }

  /** The answer kept; null when there is none, or it is not to be sent. */
  private synchronized @Nullable ByteBuf takeOnly(boolean wanted) {
    var taken = only;
    only = null;
    if (taken != null && !wanted) {
      taken.release();
      return null;
    }
    return taken;
  }

  private ByteBuf encoded(S message) {
    try {
      return MessageWriter.encoded(
          connection.allocator(), getMethodDescriptor().streamResponse(message));
    } catch (IOException e) {
      log.error("answer not readable method={}", getMethodDescriptor().getFullMethodName(), e);
      throw Status.INTERNAL
          .withDescription("etcdserver: internal error: " + e.getMessage())
          .asRuntimeException();
    }
  }

  @Override
  public void close(Status status, Metadata trailers) {
    if (!closeFirst()) {
      throw new IllegalStateException("closed already");
    }
    conclude(status, trailers);
  }

  private void conclude(Status status, Metadata trailers) {
    var message = takeOnly(status.isOk());
    if (message != null || !over) {
      connection.send(
          new Answer(this, status.isOk() ? takeBegin() : null, message, status, trailers));
    }
  }

  @Override
  public boolean isReady() {
    return !over && !closed && unsentBytes.get() < Bounds.READY_BYTES;
  }

  @Override
  public boolean isCancelled() {
    return over && !closed;
  }

  @Override
  public void setMessageCompression(boolean enabled) {
    // Answers are small or already at hand as they are sent: never compressed.
  }

  @Override
  public void setCompression(String compressor) {
    // See above.
  }

  @Override
  public Attributes getAttributes() {
    return connection.attributes();
  }

  @Override
  public @Nullable String getAuthority() {
    return head.authority();
  }

  @Override
  public MethodDescriptor<Q, S> getMethodDescriptor() {
    return method.getMethodDescriptor();
  }
}

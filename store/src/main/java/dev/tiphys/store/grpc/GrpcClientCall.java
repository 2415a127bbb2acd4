package dev.tiphys.store.grpc;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A call to somebody else. It is made from any thread, by one at a time, as {@link ClientCall}
 * demands; what comes back, and its end, belong to the channel's event loop. The listener is called
 * by the executor of the call's options, which must keep the order, or by the event loop where
 * there is none.
 *
 * @param <Q> what goes out
 * @param <S> what comes back
 */
final class GrpcClientCall<Q, S> extends ClientCall<Q, S> implements Outgoing {
  private final GrpcChannel channel;
  private final MethodDescriptor<Q, S> method;
  private final CallOptions options;
  private final Executor executor;
  private final AtomicInteger unsentBytes = new AtomicInteger();
  private volatile boolean over;

  private Listener<S> listener = new Listener<>() {};
  private Metadata headers = new Metadata();

  // Of the event loop.
  private final Inbox<S> inbox;
  private final Outbox outbox = new Outbox();
  private @Nullable ClientConnection connection;
  private int stream;
  private @Nullable Future<?> deadline;
  private Status last = Status.OK;
  private Metadata trailers = Answer.NO_TRAILERS;

  GrpcClientCall(GrpcChannel channel, MethodDescriptor<Q, S> method, CallOptions options) {
    this.channel = channel;
    this.method = method;
    this.options = options;
    var wanted = options.getExecutor();
    this.executor = wanted == null ? Runnable::run : wanted;
    this.inbox =
        new Inbox<>(
            new MessageReader<>(
                method.getResponseMarshaller(), channel.maxMessageBytes(), Head.IDENTITY),
            new Inbox.Receiver<>() {
              @Override
              public void message(S message) {
                executor.execute(() -> listener.onMessage(message));
              }

              @Override
              public void end() {
                close(last, trailers);
              }

              @Override
              public void taken(int bytes) {
                if (connection != null) {
                  connection.mayHaveMore(stream, bytes);
                }
              }
            });
  }

  @Override
  public void start(Listener<S> taker, Metadata metadata) {
    listener = taker;
    headers = metadata;
    if (!channel.onLoop(this::begin)) {
      lost(Status.UNAVAILABLE.withDescription("the member ends"));
    }
  }

  private void begin() {
    var patience = options.getDeadline();
    if (patience != null) {
      deadline =
          channel
              .loop()
              .schedule(
                  () -> giveUp(Status.DEADLINE_EXCEEDED.withDescription("no answer in time")),
                  patience.timeRemaining(TimeUnit.NANOSECONDS),
                  TimeUnit.NANOSECONDS);
    }
    channel.begin(this);
  }

  /** The connection has taken the call. For the event loop. */
  void begun(ClientConnection on, int as) {
    connection = on;
    stream = as;
    executor.execute(() -> listener.onReady());
  }

  String path() {
    return "/" + method.getFullMethodName();
  }

  Metadata headers() {
    return headers;
  }

  boolean isOver() {
    return over;
  }

  @Override
  public int stream() {
    return stream;
  }

  @Override
  public Outbox outbox() {
    return outbox;
  }

  @Override
  public void left(int bytes) {
    int before = unsentBytes.getAndAdd(-bytes);
    if (before >= Bounds.READY_BYTES && before - bytes < Bounds.READY_BYTES && !over) {
      executor.execute(() -> listener.onReady());
    }
  }

  @Override
  public void request(int messages) {
    if (inbox.request(messages)) {
      channel.onLoop(inbox::deliver);
    }
  }

  @Override
  public void sendMessage(Q message) {
    ByteBuf encoded;
    try {
      encoded = MessageWriter.encoded(channel.allocator(), method.streamRequest(message));
    } catch (IOException e) {
      throw Status.INTERNAL.withDescription(e.getMessage()).withCause(e).asRuntimeException();
    }
    unsentBytes.getAndAdd(encoded.readableBytes());
    boolean taken =
        channel.onLoop(() -> {
          if (over) {
            encoded.release();
          } else {
            outbox.messages().add(encoded);
            push();
          }
        });
    if (!taken) {
      encoded.release();
    }
  }

  @Override
  public void halfClose() {
    channel.onLoop(() -> {
      if (!over) {
        outbox.end(out -> Windows.endOfData(out, stream));
        push();
      }
    });
  }

  private void push() {
    if (connection != null) {
      connection.push(this);
    }
  }

  @Override
  public void cancel(@Nullable String message, @Nullable Throwable cause) {
    var status = Status.CANCELLED.withCause(cause);
    channel.onLoop(() -> giveUp(message == null ? status : status.withDescription(message)));
  }

  private void giveUp(Status why) {
    if (!over) {
      if (connection != null) {
        connection.reset(this);
      }
      close(why, Answer.NO_TRAILERS);
    }
  }

  @Override
  public boolean isReady() {
    return !over && unsentBytes.get() < Bounds.READY_BYTES;
  }

  /** The first fields of the answer. For the event loop. */
  void answered(Metadata fields) {
    executor.execute(() -> listener.onHeaders(fields));
  }

  /** A piece of the answer. For the event loop. */
  void receive(ByteBufAllocator allocator, ByteBuf piece, int windowBytes) throws ConnectionError {
    try {
      inbox.add(allocator, piece, windowBytes, false);
    } catch (StatusRuntimeException e) {
      giveUp(e.getStatus());
    }
  }

  /** The end of the answer; what came before it is handed over first. For the event loop. */
  void ended(ByteBufAllocator allocator, ByteBuf nothing, Status status, Metadata fields)
      throws ConnectionError {
    last = status;
    trailers = fields;
    connection = null;
    try {
      inbox.add(allocator, nothing, 0, true);
    } catch (StatusRuntimeException e) {
      giveUp(
          status.isOk() ? e.getStatus() : status); // of which the torn message is the consequence
    }
  }

  /** No answer comes any more. For the event loop. */
  void lost(Status why) {
    connection = null;
    close(why, Answer.NO_TRAILERS);
  }

  private void close(Status status, Metadata fields) {
    if (over) {
      return;
    }
    over = true;
    inbox.close();
    outbox.close();
    if (deadline != null) {
      deadline.cancel(false);
    }
    executor.execute(() -> listener.onClose(status, fields));
  }
}

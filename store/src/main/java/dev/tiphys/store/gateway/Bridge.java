package dev.tiphys.store.gateway;

import com.google.protobuf.ByteString;
import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A call as the services see it, whose client speaks JSON. One thread, that of {@link #run}, hands
 * over what the client sent, does all that the service sends, and tells the listener; so whoever
 * sends never waits for the client, and nothing is told out of order.
 */
final class Bridge<Q, S> extends ServerCall<Q, S> {
  private final MethodDescriptor<Q, S> method;
  private final Requests<Q> requests;
  private final Replies replies;
  private final JsonAnswer answer;
  private final Attributes connection;
  private final boolean halfCloses;

  private final BlockingQueue<Turn> turns = new LinkedBlockingQueue<>();
  private final AtomicInteger wanted = new AtomicInteger();
  private final AtomicInteger unsent = new AtomicInteger();
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile boolean left;

  /** What the thread is woken for. */
  private sealed interface Turn {
    record Look() implements Turn {}

    record Send(ByteString encoded) implements Turn {}

    record Close(Status status) implements Turn {}
  }

  /**
   * Takes both sides.
   *
   * @param halfCloses whether the service is told that nothing more will come
   */
  Bridge(
      MethodDescriptor<Q, S> method,
      Requests<Q> requests,
      boolean halfCloses,
      Replies replies,
      JsonAnswer answer,
      Attributes connection) {
    this.method = method;
    this.requests = requests;
    this.halfCloses = halfCloses;
    this.replies = replies;
    this.answer = answer;
    this.connection = connection;
  }

  /**
   * Runs the call until it is answered or its client has left.
   *
   * @throws IOException when the client takes nothing of a long answer
   */
  void run(ServerCallHandler<Q, S> handler, Metadata headers)
      throws IOException, InterruptedException {
    var listener = handler.startCall(this, headers);
    try {
      run(listener);
    } catch (StatusRuntimeException e) {
      listener.onCancel();
      replies.finish(e.getStatus());
    }
  }

  private void run(Listener<Q> listener) throws IOException, InterruptedException {
    boolean open = true;
    listener.onReady();
    while (!left) {
      var turn = turns.poll();
      if (turn == null && open && wanted.get() > 0 && !closed.get() && answer.isWritable()) {
        open = handOver(listener);
        continue;
      }
      switch (turn == null ? turns.take() : turn) {
        case Turn.Look() -> tellIfReady(listener);
        case Turn.Send(var encoded) -> {
          replies.send(encoded);
          unsent.decrementAndGet();
          tellIfReady(listener);
        }
        case Turn.Close(var status) -> {
          replies.finish(status);
          listener.onComplete();
          return;
        }
      }
    }
    listener.onCancel();
  }

  /** The client has left; from any thread. */
  void leave() {
    left = true;
    turns.add(new Turn.Look());
  }

  /** The client may take more; from any thread. */
  void look() {
    turns.add(new Turn.Look());
  }

  private boolean handOver(Listener<Q> listener) {
    var request = requests.next();
    if (request != null) {
      wanted.decrementAndGet();
      listener.onMessage(request);
      return true;
    }
    if (halfCloses) {
      listener.onHalfClose();
    }
    return false;
  }

  private void tellIfReady(Listener<Q> listener) {
    if (isReady()) {
      listener.onReady();
    }
  }

  @Override
  public void request(int messages) {
    wanted.addAndGet(messages);
    turns.add(new Turn.Look());
  }

  @Override
  public void sendHeaders(Metadata headers) {
    // They say nothing that a client of the gateway is told.
  }

  @Override
  public void sendMessage(S message) {
    if (left || closed.get()) {
      return;
    }
    // Encoded now: some messages can be read only until this returns.
    try (var in = method.streamResponse(message)) {
      unsent.incrementAndGet();
      turns.add(new Turn.Send(read(in)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close(Status status, Metadata trailers) {
    if (!closed.getAndSet(true)) {
      turns.add(new Turn.Close(status));
    }
  }

  @Override
  public boolean isReady() {
    return !left && !closed.get() && unsent.get() == 0 && answer.isWritable();
  }

  @Override
  public boolean isCancelled() {
    return left;
  }

  @Override
  public Attributes getAttributes() {
    return connection;
  }

  @Override
  public MethodDescriptor<Q, S> getMethodDescriptor() {
    return method;
  }

  private static ByteString read(InputStream in) throws IOException {
    var bytes = ByteString.newOutput(Math.max(in.available(), 16));
    if (in instanceof io.grpc.Drainable whole) {
      whole.drainTo(bytes);
    } else {
      in.transferTo(bytes);
    }
    return bytes.toByteString();
  }
}

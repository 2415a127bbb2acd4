package dev.tiphys.apiserver.grpc;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** One call on its way. Its state belongs to the event loop. */
abstract sealed class Call permits UnaryCall, GrpcStream {

  /** What becomes of a piece of an answer. */
  enum Taken {
    /** The server may send as much again. */
    WHOLE,
    /** The server has to wait. */
    HELD
  }

  private final String path;
  private final byte[] request;
  private final long deadline;
  private MessageAssembler answer = new MessageAssembler();
  private boolean ended;

  /**
   * A call.
   *
   * @param path as {@code /package.Service/Method}
   * @param request the one message that is sent
   * @param deadline on {@link System#nanoTime}'s clock
   */
  Call(String path, byte[] request, long deadline) {
    this.path = path;
    this.request = request;
    this.deadline = deadline;
  }

  final String path() {
    return path;
  }

  final byte[] request() {
    return request;
  }

  final boolean ended() {
    return ended;
  }

  /** Whether the time for it is over. */
  final boolean overdue(long now) {
    return bounded() && now - deadline > 0;
  }

  /** Whether there is a time for it, from now on. */
  abstract boolean bounded();

  /** Whether it may be asked again although the server may have done it. */
  abstract boolean repeatable();

  /** Whether we send nothing after the request. */
  abstract boolean halfClosed();

  /** It has been sent, under a number. */
  abstract void begun(GrpcConnection connection, int streamId);

  final Taken read(ByteBuf piece) throws GrpcException {
    int length = piece.readableBytes();
    answer.add(piece, this::message);
    return taken(length);
  }

  abstract void message(byte[] whole);

  abstract Taken taken(int bytes);

  /** Is to be sent once more. */
  final void again() {
    answer = new MessageAssembler();
  }

  /**
   * It is over.
   *
   * @param failure null for success
   */
  final void end(@Nullable GrpcException failure) {
    if (!ended) {
      ended = true;
      over(failure);
    }
  }

  abstract void over(@Nullable GrpcException failure);
}

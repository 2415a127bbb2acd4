package dev.tiphys.store.grpc;

import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A piece of an answer on its way to the event loop; what of it is there goes in this order.
 *
 * @param begin the first fields, of the first piece
 * @param message encoded behind its length, with {@link #ROOM_BEFORE} and {@link AnswerFields#ROOM}
 *     bytes of room around it; whoever takes the piece must release it
 * @param end how the call ended, in the last piece
 * @param trailers the last fields
 */
record Answer(
    GrpcCall<?, ?> call,
    @Nullable Metadata begin,
    @Nullable ByteBuf message,
    @Nullable Status end,
    Metadata trailers) {
  static final Metadata NO_TRAILERS = new Metadata();

  void release() {
    if (message != null) {
      message.release();
    }
  }
}

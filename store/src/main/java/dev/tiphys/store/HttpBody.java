package dev.tiphys.store;

import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.util.Optional;

/**
 * The body of a request to the gateway while it comes: counted with all others until it is taken or
 * dropped. For the connection's event loop.
 */
final class HttpBody {
  private final HttpDesk desk;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private int held;

  HttpBody(HttpDesk desk) {
    this.desk = desk;
  }

  /** Why a body of this length is not read, if it is not. */
  static Optional<Status> refusal(HttpDesk desk, long length) {
    int max = desk.gateway().maxBodyBytes();
    return length <= max
        ? Optional.empty()
        : Optional.of(
            Status.RESOURCE_EXHAUSTED.withDescription("the body is longer than " + max + " bytes"));
  }

  /** Takes more of it; or says why no more is read. */
  Optional<Status> add(ByteBuf more) {
    int length = more.readableBytes();
    var refusal = refusal(desk, (long) bytes.size() + length);
    if (refusal.isPresent()) {
      return refusal;
    }
    held += length;
    if (!desk.hold(length)) {
      return Optional.of(Status.UNAVAILABLE.withDescription("too many bodies at once"));
    }
    byte[] copy = new byte[length];
    more.readBytes(copy);
    bytes.writeBytes(copy);
    return Optional.empty();
  }

  /** All of it, which is no longer counted. */
  byte[] take() {
    drop();
    return bytes.toByteArray();
  }

  /** Counts it no longer. */
  void drop() {
    desk.release(held);
    held = 0;
  }
}

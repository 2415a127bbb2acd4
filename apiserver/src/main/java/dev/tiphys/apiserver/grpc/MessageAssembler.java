package dev.tiphys.apiserver.grpc;

import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Puts messages together from the pieces that they come in. Not thread-safe. */
final class MessageAssembler {

  /** A flag and the length. */
  static final int PREFIX = 5;

  private final byte[] prefix = new byte[PREFIX];
  private int prefixed;
  private byte @Nullable [] message;
  private int filled;

  /**
   * Takes all of a piece.
   *
   * @param whole is given each message that is complete
   * @throws GrpcException if a message is compressed, which nobody asked for, or too large
   */
  void add(ByteBuf piece, Consumer<byte[]> whole) throws GrpcException {
    while (piece.isReadable()) {
      byte[] target = message;
      if (target == null) {
        int part = Math.min(PREFIX - prefixed, piece.readableBytes());
        piece.readBytes(prefix, prefixed, part);
        prefixed += part;
        if (prefixed < PREFIX) {
          return;
        }
        target = new byte[length()];
        message = target;
        filled = 0;
      }
      int part = Math.min(target.length - filled, piece.readableBytes());
      piece.readBytes(target, filled, part);
      filled += part;
      if (filled == target.length) {
        message = null;
        prefixed = 0;
        whole.accept(target);
      }
    }
  }

  private int length() throws GrpcException {
    if (prefix[0] != 0) {
      throw new GrpcException(GrpcException.INTERNAL, "a compressed message that nobody asked for");
    }
    long length =
        (prefix[1] & 0xffL) << 24
            | (prefix[2] & 0xff) << 16
            | (prefix[3] & 0xff) << 8
            | (prefix[4] & 0xff);
    if (length > Limits.MESSAGE_BYTES) {
      throw new GrpcException(
          GrpcException.RESOURCE_EXHAUSTED, "a message of " + length + " bytes is too large");
    }
    return (int) length;
  }
}

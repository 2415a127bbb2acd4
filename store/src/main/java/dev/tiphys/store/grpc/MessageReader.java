package dev.tiphys.store.grpc;

import io.grpc.Codec;
import io.grpc.DecompressorRegistry;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Puts a call's messages together from the frames that they come in. For the connection's event
 * loop.
 *
 * @param <Q> what they are
 */
final class MessageReader<Q> {
  /** A flag and the length (gRPC over HTTP/2, "Length-Prefixed-Message"). */
  static final int PREFIX = 5;

  private final Marshaller<Q> marshaller;
  private final int maxBytes;
  private final String encoding;
  private @Nullable ByteBuf rest;

  MessageReader(Marshaller<Q> marshaller, int maxBytes, String encoding) {
    this.marshaller = marshaller;
    this.maxBytes = maxBytes;
    this.encoding = encoding;
  }

  /**
   * Takes all of a piece.
   *
   * @param whole is given each message that is complete
   * @throws io.grpc.StatusRuntimeException if one is too large or cannot be read
   */
  void add(ByteBufAllocator allocator, ByteBuf piece, Consumer<Q> whole) {
    if (rest == null) {
      takeWhole(piece, whole);
      if (piece.isReadable()) {
        keep(allocator, piece);
      }
      return;
    }
    rest.discardSomeReadBytes().writeBytes(piece);
    takeWhole(rest, whole);
    if (rest != null && !rest.isReadable()) {
      close();
    }
  }

  /** True when the client ended within a message. */
  boolean isAmid() {
    return rest != null;
  }

  /** Gives back what was kept. */
  void close() {
    if (rest != null) {
      rest.release();
      rest = null;
    }
  }

  /** With room for all of a message whose length is known, unless that is only said to be large. */
  private void keep(ByteBufAllocator allocator, ByteBuf piece) {
    int length = piece.readableBytes() < PREFIX ? 0 : length(piece);
    var kept =
        allocator.buffer(
            Math.max(Math.min(PREFIX + length, Bounds.AHEAD_BYTES), piece.readableBytes()));
    kept.writeBytes(piece);
    rest = kept;
  }

  private void takeWhole(ByteBuf in, Consumer<Q> whole) {
    while (in.readableBytes() >= PREFIX) {
      int length = length(in);
      if (in.readableBytes() < PREFIX + length) {
        return;
      }
      boolean compressed = in.readByte() != 0;
      in.skipBytes(PREFIX - 1);
      var message = in.readSlice(length);
      whole.accept(marshaller.parse(compressed ? expanded(message) : new Bytes(message)));
    }
  }

  private int length(ByteBuf in) {
    long length = in.getUnsignedInt(in.readerIndex() + 1);
    if (length > maxBytes) {
      throw tooLarge(length);
    }
    return (int) length;
  }

  private RuntimeException tooLarge(long length) {
    return Status.RESOURCE_EXHAUSTED
        .withDescription(
            "grpc: received message larger than max (" + length + " vs. " + maxBytes + ")")
        .asRuntimeException();
  }

  private InputStream expanded(ByteBuf message) {
    var codec = DecompressorRegistry.getDefaultInstance().lookupDecompressor(encoding);
    if (codec == null) {
      throw Status.UNIMPLEMENTED
          .withDescription(
              "grpc: Decompressor is not installed for grpc-encoding \"" + encoding + "\"")
          .asRuntimeException();
    }
    if (codec == Codec.Identity.NONE) {
      throw Status.INTERNAL
          .withDescription("grpc: compressed flag set with identity or empty encoding")
          .asRuntimeException();
    }
    try (var in = codec.decompress(new ByteBufInputStream(message))) {
      byte[] bytes = in.readNBytes(maxBytes + 1);
      if (bytes.length > maxBytes) {
        throw tooLarge(bytes.length);
      }
      return new ByteArrayInputStream(bytes);
    } catch (IOException e) {
      throw Status.INTERNAL
          .withDescription("grpc: failed to decompress the received message: " + e.getMessage())
          .asRuntimeException();
    }
  }

  /** With a known length, protobuf reads a message in one piece. */
  private static final class Bytes extends ByteBufInputStream implements KnownLength {
    Bytes(ByteBuf message) {
      super(message);
    }
  }
}

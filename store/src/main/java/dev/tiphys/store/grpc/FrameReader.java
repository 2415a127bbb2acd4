package dev.tiphys.store.grpc;

import static io.netty.handler.codec.http2.Http2CodecUtil.FRAME_HEADER_LENGTH;
import static io.netty.handler.codec.http2.Http2Error.ENHANCE_YOUR_CALM;
import static io.netty.handler.codec.http2.Http2Error.FRAME_SIZE_ERROR;
import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;
import static io.netty.handler.codec.http2.Http2Flags.ACK;
import static io.netty.handler.codec.http2.Http2Flags.END_HEADERS;
import static io.netty.handler.codec.http2.Http2Flags.END_STREAM;
import static io.netty.handler.codec.http2.Http2Flags.PADDED;
import static io.netty.handler.codec.http2.Http2Flags.PRIORITY;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameTypes;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what the other side sends into frames, as RFC 9113 lays them out, and checks of each what
 * can be checked without knowing the others. For the connection's event loop.
 */
final class FrameReader implements AutoCloseable {
  private static final int WINDOW_BYTES = 4;
  private static final int PING_BYTES = 8;
  private static final int GO_AWAY_BYTES = 8;
  private static final int PRIORITY_BYTES = 5;
  private static final int SETTING_BYTES = 6;

  private final Sink sink;
  private @Nullable ByteBuf rest;
  private boolean prefaced;
  private boolean settled;

  private int blockStream;
  private boolean blockLast;
  private @Nullable ByteBuf block;

  /** Takes frames. Buffers are the reader's, and only good during the call. */
  interface Sink {
    /**
     * Payload.
     *
     * @param windowBytes that it took of the windows, padding included
     */
    void data(int stream, ByteBuf payload, int windowBytes, boolean last) throws ConnectionError;

    /** A whole block of fields. */
    void fields(int stream, ByteBuf block, boolean last) throws ConnectionError;

    void reset(int stream) throws ConnectionError;

    /** One of the other side's settings. */
    void setting(int name, long value) throws ConnectionError;

    /** The settings that came before this are all of a frame. */
    void settingsRead() throws ConnectionError;

    void ping(long content) throws ConnectionError;

    void window(int stream, int more) throws ConnectionError;

    /** The other side takes no streams after the one given. */
    void goAway(int lastStream);
  }

  /** Reads what a client sends. */
  FrameReader(Sink sink) {
    this(sink, false);
  }

  private FrameReader(Sink sink, boolean prefaced) {
    this.sink = sink;
    this.prefaced = prefaced;
  }

  /** Reads what a server sends: it has no preface. */
  static FrameReader ofServer(Sink sink) {
    return new FrameReader(sink, true);
  }

  /** Reads all frames that are whole, and keeps the rest for the next time. Takes the buffer. */
  void read(ByteBufAllocator allocator, ByteBuf come) throws ConnectionError {
    var in =
        rest == null ? come : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(allocator, rest, come);
    rest = in;
    while (prefaced ? frame(allocator, in) : preface(in)) {
      if (rest == null) {
        return; // closed by a sink
      }
    }
    if (!in.isReadable()) {
      close(in);
    }
  }

  private void close(ByteBuf in) {
    rest = null;
    in.release();
  }

  @Override
  public void close() {
    if (rest != null) {
      close(rest);
    }
    if (block != null) {
      block.release();
      block = null;
    }
  }

  private boolean preface(ByteBuf in) throws ConnectionError {
    var wanted = Http2CodecUtil.connectionPrefaceBuf();
    try {
      int length = wanted.readableBytes();
      if (in.readableBytes() < length) {
        return false;
      }
      if (!ByteBufUtil.equals(in, in.readerIndex(), wanted, 0, length)) {
        throw new ConnectionError(PROTOCOL_ERROR, "not HTTP/2");
      }
      in.skipBytes(length);
      prefaced = true;
      return true;
    } finally {
      wanted.release();
    }
  }

  /** Reads the next frame if it is whole. */
  private boolean frame(ByteBufAllocator allocator, ByteBuf in) throws ConnectionError {
    if (in.readableBytes() < FRAME_HEADER_LENGTH) {
      return false;
    }
    int at = in.readerIndex();
    int length = in.getUnsignedMedium(at);
    if (length > Bounds.FRAME_BYTES) {
      throw new ConnectionError(FRAME_SIZE_ERROR, "a frame of " + length + " bytes");
    }
    if (in.readableBytes() < FRAME_HEADER_LENGTH + length) {
      return false;
    }
    int type = in.getUnsignedByte(at + 3);
    int flags = in.getUnsignedByte(at + 4);
    int stream = in.getInt(at + 5) & Integer.MAX_VALUE;
    in.skipBytes(FRAME_HEADER_LENGTH);
    int end = in.readerIndex() + length;
    if (!settled && type != Http2FrameTypes.SETTINGS) {
      throw new ConnectionError(PROTOCOL_ERROR, "the first frame must be SETTINGS");
    }
    if (block != null && (type != Http2FrameTypes.CONTINUATION || stream != blockStream)) {
      throw new ConnectionError(PROTOCOL_ERROR, "a block of fields was broken off");
    }
    take(allocator, in, type, flags, stream, length);
    if (rest != null) {
      in.readerIndex(end);
    }
    return true;
  }

  private void take(
      ByteBufAllocator allocator, ByteBuf in, int type, int flags, int stream, int length)
      throws ConnectionError {
    switch (type) {
      case Http2FrameTypes.DATA -> {
        needStream(stream);
        sink.data(stream, payload(in, flags, length, 0), length, (flags & END_STREAM) != 0);
      }
      case Http2FrameTypes.HEADERS -> {
        needStream(stream);
        blockStream = stream;
        blockLast = (flags & END_STREAM) != 0;
        int skipped = (flags & PRIORITY) == 0 ? 0 : PRIORITY_BYTES;
        fields(allocator, payload(in, flags, length, skipped), flags);
      }
      case Http2FrameTypes.CONTINUATION -> {
        if (block == null) {
          throw new ConnectionError(PROTOCOL_ERROR, "CONTINUATION of nothing");
        }
        fields(allocator, in.readSlice(length), flags);
      }
      case Http2FrameTypes.PRIORITY -> {
        needStream(stream);
        needLength(length, PRIORITY_BYTES);
      }
      case Http2FrameTypes.RST_STREAM -> {
        needStream(stream);
        needLength(length, 4);
        sink.reset(stream);
      }
      case Http2FrameTypes.SETTINGS -> {
        needNoStream(stream);
        settings(in, flags, length);
      }
      case Http2FrameTypes.PUSH_PROMISE ->
          throw new ConnectionError(PROTOCOL_ERROR, "nobody was asked for promises");
      case Http2FrameTypes.PING -> {
        needNoStream(stream);
        needLength(length, PING_BYTES);
        if ((flags & ACK) == 0) {
          sink.ping(in.readLong());
        }
      }
      case Http2FrameTypes.GO_AWAY -> {
        needNoStream(stream);
        needAtLeast(length, GO_AWAY_BYTES);
        sink.goAway(in.readInt() & Integer.MAX_VALUE);
      }
      case Http2FrameTypes.WINDOW_UPDATE -> {
        needLength(length, WINDOW_BYTES);
        int more = in.readInt() & Integer.MAX_VALUE;
        if (more == 0) {
          throw new ConnectionError(PROTOCOL_ERROR, "WINDOW_UPDATE of nothing");
        }
        sink.window(stream, more);
      }
      default -> {} // others are to be ignored
    }
  }

  /** What is between the padding. */
  private static ByteBuf payload(ByteBuf in, int flags, int length, int skipped)
      throws ConnectionError {
    int padding = 0;
    int left = length;
    if ((flags & PADDED) != 0) {
      if (left < 1) {
        throw new ConnectionError(FRAME_SIZE_ERROR, "padding without a length");
      }
      padding = in.readUnsignedByte();
      left--;
    }
    if (padding + skipped > left) {
      throw new ConnectionError(PROTOCOL_ERROR, "more padding than frame");
    }
    in.skipBytes(skipped);
    return in.readSlice(left - skipped - padding);
  }

  private void fields(ByteBufAllocator allocator, ByteBuf part, int flags) throws ConnectionError {
    boolean whole = (flags & END_HEADERS) != 0;
    if (whole && block == null) {
      sink.fields(blockStream, part, blockLast);
      return;
    }
    var all = block;
    if (all == null) {
      all = allocator.buffer(2 * Bounds.FRAME_BYTES);
      block = all;
    }
    if (all.readableBytes() + part.readableBytes() > Bounds.HEADER_BYTES || !part.isReadable()) {
      throw new ConnectionError(ENHANCE_YOUR_CALM, "fields without end");
    }
    all.writeBytes(part);
    if (whole) {
      block = null;
      try {
        sink.fields(blockStream, all, blockLast);
      } finally {
        all.release();
      }
    }
  }

  private void settings(ByteBuf in, int flags, int length) throws ConnectionError {
    if ((flags & ACK) != 0) {
      needLength(length, 0);
      return;
    }
    if (length % SETTING_BYTES != 0) {
      throw new ConnectionError(FRAME_SIZE_ERROR, "SETTINGS of " + length + " bytes");
    }
    settled = true;
    for (int left = length; left > 0; left -= SETTING_BYTES) {
      sink.setting(in.readUnsignedShort(), in.readUnsignedInt());
    }
    sink.settingsRead();
  }

  private static void needStream(int stream) throws ConnectionError {
    if (stream == 0) {
      throw new ConnectionError(PROTOCOL_ERROR, "a frame that needs a stream");
    }
  }

  private static void needNoStream(int stream) throws ConnectionError {
    if (stream != 0) {
      throw new ConnectionError(PROTOCOL_ERROR, "a frame that must not have a stream");
    }
  }

  private static void needAtLeast(int length, int wanted) throws ConnectionError {
    if (length < wanted) {
      throw new ConnectionError(FRAME_SIZE_ERROR, "a frame of " + length + " bytes");
    }
  }

  private static void needLength(int length, int wanted) throws ConnectionError {
    if (length != wanted) {
      throw new ConnectionError(FRAME_SIZE_ERROR, "a frame of " + length + " bytes");
    }
  }
}

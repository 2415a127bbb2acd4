package dev.tiphys.store.grpc;

import static io.netty.handler.codec.http2.Http2CodecUtil.FRAME_HEADER_LENGTH;
import static io.netty.handler.codec.http2.Http2CodecUtil.SETTINGS_ENABLE_PUSH;
import static io.netty.handler.codec.http2.Http2CodecUtil.SETTINGS_INITIAL_WINDOW_SIZE;
import static io.netty.handler.codec.http2.Http2CodecUtil.SETTINGS_MAX_CONCURRENT_STREAMS;
import static io.netty.handler.codec.http2.Http2CodecUtil.SETTINGS_MAX_HEADER_LIST_SIZE;
import static io.netty.handler.codec.http2.Http2CodecUtil.SETTING_ENTRY_LENGTH;
import static io.netty.handler.codec.http2.Http2Error.ENHANCE_YOUR_CALM;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.nio.charset.StandardCharsets;

/**
 * Writes what a side says besides its calls or answers. Nothing is flushed here. For the
 * connection's event loop.
 */
final class ControlFrames {
  private final Channel channel;
  private int unreadAcks;

  ControlFrames(Channel channel) {
    this.channel = channel;
  }

  /** What a client says first of all. */
  void greet() {
    var out = channel.alloc().buffer(96);
    var preface = Http2CodecUtil.connectionPrefaceBuf();
    out.writeBytes(preface);
    preface.release();
    frameHead(out, 2 * SETTING_ENTRY_LENGTH, Http2FrameTypes.SETTINGS, 0, 0);
    out.writeShort(SETTINGS_ENABLE_PUSH).writeInt(0);
    out.writeShort(SETTINGS_INITIAL_WINDOW_SIZE).writeInt(Bounds.STREAM_WINDOW_BYTES);
    windowUpdate(out, 0, Bounds.CONNECTION_WINDOW_BYTES - Bounds.FIRST_WINDOW_BYTES);
    channel.write(out);
  }

  /** What a server says first of all. */
  void greet(int streams) {
    var out = channel.alloc().buffer(64);
    frameHead(out, 3 * SETTING_ENTRY_LENGTH, Http2FrameTypes.SETTINGS, 0, 0);
    out.writeShort(SETTINGS_MAX_CONCURRENT_STREAMS).writeInt(streams);
    out.writeShort(SETTINGS_INITIAL_WINDOW_SIZE).writeInt(Bounds.STREAM_WINDOW_BYTES);
    out.writeShort(SETTINGS_MAX_HEADER_LIST_SIZE).writeInt(Bounds.HEADER_BYTES);
    windowUpdate(out, 0, Bounds.CONNECTION_WINDOW_BYTES - Bounds.FIRST_WINDOW_BYTES);
    channel.write(out);
  }

  void settingsAck() throws ConnectionError {
    countAck();
    var out = channel.alloc().buffer(FRAME_HEADER_LENGTH);
    frameHead(out, 0, Http2FrameTypes.SETTINGS, Http2Flags.ACK, 0);
    channel.write(out);
  }

  void pingAck(long content) throws ConnectionError {
    countAck();
    ping(content, Http2Flags.ACK);
  }

  /** Asks whether the client is there. */
  void ping() {
    ping(0, 0);
  }

  private void ping(long content, int flags) {
    var out = channel.alloc().buffer(FRAME_HEADER_LENGTH + Long.BYTES);
    frameHead(out, Long.BYTES, Http2FrameTypes.PING, flags, 0);
    out.writeLong(content);
    channel.write(out);
  }

  /** Who asks without end and reads no answer would fill the memory. */
  private void countAck() throws ConnectionError {
    unreadAcks = channel.isWritable() ? 0 : unreadAcks + 1;
    if (unreadAcks > Bounds.UNREAD_ACKS) {
      throw new ConnectionError(ENHANCE_YOUR_CALM, "answers are not read");
    }
  }

  /** Lets the client send more. */
  void windowUpdate(int stream, int bytes) {
    var out = channel.alloc().buffer(FRAME_HEADER_LENGTH + 4);
    windowUpdate(out, stream, bytes);
    channel.write(out);
  }

  private static void windowUpdate(ByteBuf out, int stream, int bytes) {
    frameHead(out, 4, Http2FrameTypes.WINDOW_UPDATE, 0, stream);
    out.writeInt(bytes);
  }

  /** Wants no more of a stream. */
  void reset(int stream, Http2Error error) {
    var out = channel.alloc().buffer(FRAME_HEADER_LENGTH + 4);
    frameHead(out, 4, Http2FrameTypes.RST_STREAM, 0, stream);
    out.writeInt((int) error.code());
    channel.write(out);
  }

  /** Takes no calls after the one given; those up to it are still answered. */
  void goAway(int lastStream, Http2Error error, String text) {
    byte[] reason = text.getBytes(StandardCharsets.UTF_8);
    var out = channel.alloc().buffer(FRAME_HEADER_LENGTH + 8 + reason.length);
    frameHead(out, 8 + reason.length, Http2FrameTypes.GO_AWAY, 0, 0);
    out.writeInt(lastStream).writeInt((int) error.code()).writeBytes(reason);
    channel.write(out);
  }

  private static void frameHead(ByteBuf out, int length, int type, int flags, int stream) {
    out.writeMedium(length).writeByte(type).writeByte(flags).writeInt(stream);
  }
}

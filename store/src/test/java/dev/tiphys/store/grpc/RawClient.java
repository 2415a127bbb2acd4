package dev.tiphys.store.grpc;

import static io.netty.handler.codec.http2.Http2CodecUtil.FRAME_HEADER_LENGTH;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Attributes;
import io.grpc.MethodDescriptor.MethodType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Speaks HTTP/2 to a connection frame by frame, without a socket, in a time of its own. */
final class RawClient implements AutoCloseable {
  static final int END = Http2Flags.END_STREAM;

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder();
  private final ByteBuf come = Unpooled.buffer();
  private long now;

  /** What the server said; the fields of HEADERS are decoded. */
  record Frame(int type, int flags, int stream, byte[] payload, @Nullable Http2Headers fields) {
    boolean isLast() {
      return (flags & Http2Flags.END_STREAM) != 0;
    }

    /** The field's value; "" when there is none. */
    String field(String name) {
      return fields == null || fields.get(name) == null ? "" : fields.get(name).toString();
    }

    /** Four bytes of the payload. */
    int number(int at) {
      return Unpooled.wrappedBuffer(payload).getInt(at);
    }
  }

  RawClient() {
    channel.freezeTime();
  }

  /** Says and hears the first words. */
  RawClient connect(GrpcServer server, int... settings) {
    serve(server);
    assertThat(frames().getFirst().type()).isEqualTo(Http2FrameTypes.SETTINGS);
    preface();
    settings(settings);
    frames();
    return this;
  }

  /** Lets a server have the connection. */
  void serve(GrpcServer server) {
    channel.pipeline().addLast(server.serve(channel, Attributes.EMPTY));
  }

  EmbeddedChannel channel() {
    return channel;
  }

  /** Nanoseconds, as the channel sees them. */
  long now() {
    return now;
  }

  void pass(Duration time) {
    now += time.toNanos();
    channel.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
    channel.runScheduledPendingTasks();
  }

  void send(ByteBuf bytes) {
    channel.writeInbound(bytes);
    channel.runPendingTasks();
  }

  void preface() {
    send(Http2CodecUtil.connectionPrefaceBuf());
  }

  void frame(int type, int flags, int stream, byte[] payload) {
    send(bytes(type, flags, stream, payload));
  }

  static ByteBuf bytes(int type, int flags, int stream, byte[] payload) {
    return Unpooled.buffer(FRAME_HEADER_LENGTH + payload.length)
        .writeMedium(payload.length)
        .writeByte(type)
        .writeByte(flags)
        .writeInt(stream)
        .writeBytes(payload);
  }

  /** Names and values in turn. */
  void settings(int... settings) {
    var payload = Unpooled.buffer();
    for (int i = 0; i < settings.length; i += 2) {
      payload.writeShort(settings[i]).writeInt(settings[i + 1]);
    }
    frame(Http2FrameTypes.SETTINGS, 0, 0, array(payload));
  }

  /** Begins a call of a method of a {@link Recorder}. */
  void begin(int stream, MethodType type, int flags) {
    fields(stream, head("/" + Recorder.SERVICE + "/" + type.name()), flags);
  }

  static Http2Headers head(String path) {
    return new DefaultHttp2Headers()
        .method("POST")
        .scheme("http")
        .path(path)
        .authority("me")
        .set("content-type", "application/grpc");
  }

  void fields(int stream, Http2Headers fields, int flags) {
    var block = Unpooled.buffer();
    try {
      encoder.encodeHeaders(stream, fields, block);
    } catch (Http2Exception e) {
      throw new AssertionError(e);
    }
    frame(Http2FrameTypes.HEADERS, flags | Http2Flags.END_HEADERS, stream, array(block));
  }

  void data(int stream, byte[] payload, int flags) {
    frame(Http2FrameTypes.DATA, flags, stream, payload);
  }

  /** A message in one frame. */
  void message(int stream, int length, int flags) {
    data(stream, array(Unpooled.buffer().writeByte(0).writeInt(length).writeZero(length)), flags);
  }

  /** A whole call of one small message. */
  void call(int stream, MethodType type) {
    begin(stream, type, 0);
    message(stream, 1, END);
  }

  void reset(int stream) {
    frame(Http2FrameTypes.RST_STREAM, 0, stream, number(Http2Error.CANCEL.code()));
  }

  void window(int stream, int more) {
    frame(Http2FrameTypes.WINDOW_UPDATE, 0, stream, number(more));
  }

  void ping() {
    frame(Http2FrameTypes.PING, 0, 0, new byte[8]);
  }

  static byte[] number(long number) {
    return array(Unpooled.buffer().writeInt((int) number));
  }

  static byte[] array(ByteBuf buffer) {
    byte[] bytes = new byte[buffer.readableBytes()];
    buffer.readBytes(bytes);
    buffer.release();
    return bytes;
  }

  /** What the server has said since the last time. */
  List<Frame> frames() {
    channel.runPendingTasks();
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      come.writeBytes(out);
      out.release();
    }
    var frames = new ArrayList<Frame>();
    while (come.isReadable()) {
      int length = come.readUnsignedMedium();
      int type = come.readByte();
      int flags = come.readByte();
      int stream = come.readInt();
      byte[] payload = new byte[length];
      come.readBytes(payload);
      frames.add(new Frame(type, flags, stream, payload, fields(type, stream, payload)));
    }
    come.clear();
    return frames;
  }

  private @Nullable Http2Headers fields(int type, int stream, byte[] payload) {
    try {
      return type == Http2FrameTypes.HEADERS
          ? decoder.decodeHeaders(stream, Unpooled.wrappedBuffer(payload))
          : null;
    } catch (Http2Exception e) {
      throw new AssertionError(e);
    }
  }

  /** How many bytes of a stream's messages have come since the last time. */
  int dataBytes(int stream) {
    return frames().stream()
        .filter(frame -> frame.type() == Http2FrameTypes.DATA && frame.stream() == stream)
        .mapToInt(frame -> frame.payload().length)
        .sum();
  }

  /** The server must have given up the connection, and have told why. */
  void isSentAway(Http2Error error, String why) {
    var last = frames().getLast();
    assertThat(last.type()).isEqualTo((int) Http2FrameTypes.GO_AWAY);
    assertThat(Http2Error.valueOf(last.number(4))).isEqualTo(error);
    assertThat(new String(last.payload(), 8, last.payload().length - 8, StandardCharsets.UTF_8))
        .contains(why);
    pass(Bounds.LAST_WORD);
    assertThat(channel.isOpen()).isFalse();
  }

  @Override
  public void close() {
    channel.finishAndReleaseAll();
    come.release();
  }
}

package dev.tiphys.kubelet.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.MessageToMessageCodec;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdyVersion;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A client of SPDY/3.1 on a socket of its own, plainly or in the messages of a WebSocket. */
final class SpdyClient implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 20_000;

  private final SSLSocket socket;
  private final EmbeddedChannel codec;

  private SpdyClient(SSLSocket socket, EmbeddedChannel codec) {
    this.socket = socket;
    this.codec = codec;
  }

  static SpdyClient plain(SSLContext tls, int port, String path, String protocol)
      throws IOException {
    String version = "X-Stream-Protocol-Version: " + protocol + "\r\n";
    return new SpdyClient(
        upgrade(tls, port, "POST " + path, "Upgrade: SPDY/3.1\r\n" + version, version),
        new EmbeddedChannel(new SpdyFrameCodec(SpdyVersion.SPDY_3_1)));
  }

  static SpdyClient inWebSocket(SSLContext tls, int port, String path, String protocol)
      throws IOException {
    String chosen = "Sec-WebSocket-Protocol: " + protocol + "\r\n";
    String headers =
        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    return new SpdyClient(
        upgrade(tls, port, "GET " + path, headers + chosen, chosen),
        new EmbeddedChannel(
            new WebSocket13FrameDecoder(false, false, 1 << 20),
            new WebSocket13FrameEncoder(true),
            new BytesInMessages(),
            new SpdyFrameCodec(SpdyVersion.SPDY_3_1)));
  }

  void open(int stream, Map<String, String> headers) throws IOException {
    DefaultSpdySynStreamFrame frame = new DefaultSpdySynStreamFrame(stream, 0, (byte) 0);
    headers.forEach((name, value) -> frame.headers().set(name, value));
    write(frame);
  }

  void send(int stream, String text) throws IOException {
    write(new DefaultSpdyDataFrame(stream, Unpooled.copiedBuffer(text, UTF_8)));
  }

  /** Waits for so many bytes of a stream. */
  String receive(int stream, int length) throws IOException {
    StringBuilder text = new StringBuilder();
    byte[] buffer = new byte[4096];
    while (text.length() < length) {
      int read = socket.getInputStream().read(buffer);
      assertThat(read).as("after %s", text).isPositive();
      codec.writeInbound(Unpooled.copiedBuffer(buffer, 0, read));
      for (Object frame = codec.readInbound(); frame != null; frame = codec.readInbound()) {
        if (frame instanceof SpdyDataFrame data && data.streamId() == stream) {
          text.append(data.content().toString(UTF_8));
        }
      }
    }
    return text.toString();
  }

  private void write(Object frame) throws IOException {
    codec.writeOutbound(frame);
    OutputStream out = socket.getOutputStream();
    for (ByteBuf bytes = codec.readOutbound(); bytes != null; bytes = codec.readOutbound()) {
      out.write(ByteBufUtil.getBytes(bytes));
    }
    out.flush();
  }

  private static SSLSocket upgrade(
      SSLContext tls, int port, String request, String headers, String answer) throws IOException {
    SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket("127.0.0.1", port);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    String head =
        request
            + " HTTP/1.1\r\nHost: node\r\nConnection: Upgrade\r\n"
            + headers
            + "Content-Length: 0\r\n\r\n";
    socket.getOutputStream().write(head.getBytes(UTF_8));
    StringBuilder reply = new StringBuilder();
    while (!reply.toString().endsWith("\r\n\r\n")) {
      int next = socket.getInputStream().read();
      assertThat(next).as("after %s", reply).isNotNegative();
      reply.append((char) next);
    }
    assertThat(reply.toString()).startsWith("HTTP/1.1 101 ").containsIgnoringCase(answer);
    return socket;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private static final class BytesInMessages
      extends MessageToMessageCodec<BinaryWebSocketFrame, ByteBuf> {
    @Override
    protected void encode(ChannelHandlerContext ctx, ByteBuf bytes, List<Object> out) {
      out.add(new BinaryWebSocketFrame(bytes.retain()));
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, BinaryWebSocketFrame frame, List<Object> out) {
      out.add(frame.content().retain());
    }
  }
}

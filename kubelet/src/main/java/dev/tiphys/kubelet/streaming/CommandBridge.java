package dev.tiphys.kubelet.streaming;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.timeout.IdleStateEvent;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A command's streams between a client's WebSocket and the runtime's SPDY session. Neither side
 * reads while the other does not take what was read. Runs on the event loop that both share.
 */
final class CommandBridge extends SimpleChannelInboundHandler<WebSocketFrame>
    implements SpdyStreams.Listener {
  private static final String LOST =
      "{\"metadata\":{},\"status\":\"Failure\",\"reason\":\"InternalError\",\"code\":500,"
          + "\"message\":\"the connection to the container runtime was lost\"}";

  private final WebSocketProtocol protocol;
  private final Set<StandardStream> streams;
  private final SpdyStreams runtime;
  private @Nullable ChannelHandlerContext client;
  private boolean outcomeSent;
  private boolean ended;

  CommandBridge(WebSocketProtocol protocol, Set<StandardStream> streams) {
    this.protocol = protocol;
    this.streams = streams;
    this.runtime = new SpdyStreams(streams, this);
  }

  /** The handler for the runtime's connection. */
  SpdyStreams runtimeSide() {
    return runtime;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    client = ctx;
    // Some clients take the first message as the sign that the streams are open.
    StandardStream first =
        streams.contains(StandardStream.STDOUT) ? StandardStream.STDOUT : StandardStream.ERROR;
    ctx.writeAndFlush(
        new BinaryWebSocketFrame(Unpooled.wrappedBuffer(new byte[] {first.channel()})));
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
    switch (frame) {
      case BinaryWebSocketFrame binary -> fromClient(binary.content());
      case TextWebSocketFrame text -> fromClient(text.content());
      case PingWebSocketFrame ping ->
          ctx.writeAndFlush(new PongWebSocketFrame(ping.content().retain()));
      case CloseWebSocketFrame close ->
          ctx.writeAndFlush(close.retain()).addListener(ChannelFutureListener.CLOSE);
      default -> {
        // A pong asks for nothing.
      }
    }
  }

  private void fromClient(ByteBuf message) {
    if (!message.isReadable()) {
      return;
    }
    byte channel = message.readByte();
    if (channel == WebSocketProtocol.CLOSE && protocol.endsStreams()) {
      if (message.isReadable() && message.readByte() == StandardStream.STDIN.channel()) {
        runtime.end(StandardStream.STDIN);
      }
      return;
    }
    for (StandardStream stream : streams) {
      if (stream.channel() == channel && stream.flowsToContainer() && message.isReadable()) {
        runtime.send(stream, message.retain());
      }
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    runtime.setReading(ctx.channel().isWritable());
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    ended = true;
    runtime.close();
    ctx.fireChannelInactive();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof IdleStateEvent) {
      ctx.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close(); // The client broke the protocol or is gone: nobody to tell.
  }

  // What the runtime does

  @Override
  public void received(StandardStream stream, ByteBuf bytes) {
    outcomeSent |= stream == StandardStream.ERROR;
    toClient(stream, bytes);
  }

  @Override
  public void broken(StandardStream stream, String reason) {
    runtime.close();
  }

  @Override
  public void closed() {
    if (ended || client == null) {
      return;
    }
    ended = true;
    if (!outcomeSent) {
      toClient(StandardStream.ERROR, Unpooled.copiedBuffer(LOST, UTF_8));
    }
    client
        .writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE))
        .addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void writabilityChanged(boolean writable) {
    if (client != null) {
      client.channel().config().setAutoRead(writable);
    }
  }

  private void toClient(StandardStream stream, ByteBuf bytes) {
    if (client == null) {
      bytes.release();
      return;
    }
    ByteBuf message =
        Unpooled.wrappedBuffer(Unpooled.wrappedBuffer(new byte[] {stream.channel()}), bytes);
    client.writeAndFlush(new BinaryWebSocketFrame(message));
  }
}

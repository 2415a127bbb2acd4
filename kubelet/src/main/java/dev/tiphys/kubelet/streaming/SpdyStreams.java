package dev.tiphys.kubelet.streaming;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdyPingFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyPingFrame;
import io.netty.handler.codec.spdy.SpdyRstStreamFrame;
import io.netty.handler.codec.spdy.SpdySynReplyFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of a command's SPDY/3.1 session, above Netty's frame codec: one SPDY stream for
 * each standard stream.
 *
 * <p>There is no flow control: Kubernetes' SPDY peers never send WINDOW_UPDATE, so a sender that
 * waited for one would stop after 64 KiB. TCP's own back-pressure, through {@link
 * io.netty.channel.ChannelConfig#setAutoRead}, takes its place. Runs on the event loop.
 */
final class SpdyStreams extends ChannelInboundHandlerAdapter {
  /** Who is told of what the runtime sends. */
  interface Listener {
    /** Some of a stream; the listener releases {@code bytes}. */
    void received(StandardStream stream, ByteBuf bytes);

    /** The runtime refused or broke a stream. */
    void broken(StandardStream stream, String reason);

    /** The session is over. */
    void closed();

    /** What was written has left, or piles up. */
    void writabilityChanged(boolean writable);
  }

  private final Set<StandardStream> wanted;
  private final Listener listener;
  private final Map<Integer, StandardStream> byId = new HashMap<>();
  private final Map<StandardStream, Integer> ids = new EnumMap<>(StandardStream.class);
  private @Nullable ChannelHandlerContext context;

  SpdyStreams(Set<StandardStream> wanted, Listener listener) {
    this.wanted = wanted;
    this.listener = listener;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    int id = 1; // A client's streams have odd ids.
    for (StandardStream stream : wanted) {
      byId.put(id, stream);
      ids.put(stream, id);
      DefaultSpdySynStreamFrame open = new DefaultSpdySynStreamFrame(id, 0, (byte) 0);
      open.headers().set("streamtype", stream.typeName());
      ctx.write(open);
      id += 2;
    }
    ctx.flush();
  }

  /** Sends bytes to the container; releases them. Dropped if the stream is not open. */
  void send(StandardStream stream, ByteBuf bytes) {
    Integer id = ids.get(stream);
    if (id == null || context == null) {
      bytes.release();
      return;
    }
    context.writeAndFlush(new DefaultSpdyDataFrame(id, bytes));
  }

  /** Ends a stream toward the container. */
  void end(StandardStream stream) {
    Integer id = ids.remove(stream);
    if (id != null && context != null) {
      DefaultSpdyDataFrame last = new DefaultSpdyDataFrame(id, Unpooled.EMPTY_BUFFER);
      last.setLast(true);
      context.writeAndFlush(last);
    }
  }

  void setReading(boolean reading) {
    if (context != null) {
      context.channel().config().setAutoRead(reading);
    }
  }

  void close() {
    if (context != null) {
      context.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object frame) {
    try {
      switch (frame) {
        case SpdyDataFrame data -> {
          StandardStream stream = byId.get(data.streamId());
          if (stream != null && data.content().isReadable()) {
            listener.received(stream, data.content().retain());
          }
        }
        case SpdySynReplyFrame reply when reply.isLast() -> byId.remove(reply.streamId());
        case SpdyRstStreamFrame reset -> {
          StandardStream stream = byId.remove(reset.streamId());
          if (stream != null) {
            ids.remove(stream);
            listener.broken(stream, reset.status().toString());
          }
        }
        case SpdyPingFrame ping when ping.id() % 2 == 0 ->
            ctx.writeAndFlush(new DefaultSpdyPingFrame(ping.id()));
        default -> {
          // Settings, windows and headers say nothing that a command's streams need.
        }
      }
    } finally {
      ReferenceCountUtil.release(frame);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    listener.writabilityChanged(ctx.channel().isWritable());
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    listener.closed();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}

package dev.tiphys.apiserver.grpc;

import static java.util.Objects.requireNonNull;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A gRPC server that answers, or fails to, as it is told. */
final class TestServer implements AutoCloseable {

  /** Answers one message and goes on. */
  static final String STREAM = "/test.Test/Stream";

  enum Manner {
    ECHO,
    SILENT,
    UNAVAILABLE
  }

  private final Manner manner;
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Queue<Channel> connections = new ConcurrentLinkedQueue<>();
  private final AtomicInteger calls = new AtomicInteger();
  private final Semaphore heard = new Semaphore(0);
  private final Channel listening;
  private volatile boolean frozen;

  private TestServer(Manner manner, int port) {
    this.manner = manner;
    this.listening =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    connections.add(channel);
                    channel
                        .pipeline()
                        .addLast(
                            new Ear(), Http2FrameCodecBuilder.forServer().build(), new Answers());
                  }
                })
            .bind("127.0.0.1", port)
            .syncUninterruptibly()
            .channel();
  }

  static TestServer start(Manner manner) {
    return new TestServer(manner, 0);
  }

  static TestServer start(Manner manner, int port) {
    return new TestServer(manner, port);
  }

  URI address() {
    return URI.create(
        "http://127.0.0.1:" + ((InetSocketAddress) listening.localAddress()).getPort());
  }

  /** Calls with one answer that have come. */
  int calls() {
    return calls.get();
  }

  void awaitCalls(int count) throws InterruptedException {
    if (!heard.tryAcquire(count, 20, TimeUnit.SECONDS)) {
      throw new AssertionError("only " + calls + " calls came");
    }
  }

  void breakConnections() {
    listening.close().syncUninterruptibly();
    connections.forEach(Channel::close);
  }

  /** Hears no more, like a process that is stopped: connections stay, and nobody answers. */
  void freeze() {
    frozen = true;
  }

  void goAway() {
    listening.close().syncUninterruptibly();
    connections.forEach(
        channel -> channel.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR)));
  }

  @Override
  public void close() {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  /**
   * Drops what comes when the server is frozen. To stop reading would not do: a decoder that has
   * found no whole frame asks for one more read by itself.
   */
  private final class Ear extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (frozen) {
        ReferenceCountUtil.release(message);
      } else {
        context.fireChannelRead(message);
      }
    }
  }

  private final class Answers extends ChannelInboundHandlerAdapter {

    private final Map<Http2FrameStream, String> paths = new HashMap<>();
    private final Map<Http2FrameStream, ByteBuf> bodies = new HashMap<>();

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof Http2HeadersFrame head) {
        paths.put(head.stream(), head.headers().path().toString());
        bodies.put(head.stream(), context.alloc().buffer());
      } else if (message instanceof Http2DataFrame data) {
        ByteBuf body = requireNonNull(bodies.get(data.stream())).writeBytes(data.content());
        context.writeAndFlush(
            new DefaultHttp2WindowUpdateFrame(data.initialFlowControlledBytes())
                .stream(data.stream()));
        data.release();
        boolean streams = STREAM.equals(paths.get(data.stream()));
        if (data.isEndStream() || streams) {
          answer(context, data.stream(), body, streams);
        }
      }
    }

    private void answer(
        ChannelHandlerContext context, Http2FrameStream stream, ByteBuf body, boolean streams) {
      if (!streams) {
        calls.incrementAndGet();
        heard.release();
      }
      switch (manner) {
        case SILENT -> body.release();
        case UNAVAILABLE -> {
          body.release();
          context.writeAndFlush(
              new DefaultHttp2HeadersFrame(trailers("14").add("grpc-message", "not%20now"), true)
                  .stream(stream));
        }
        case ECHO -> {
          context.write(new DefaultHttp2HeadersFrame(head()).stream(stream));
          context.write(new DefaultHttp2DataFrame(body).stream(stream));
          if (!streams) {
            context.write(
                new DefaultHttp2HeadersFrame(
                        new DefaultHttp2Headers().add("grpc-status", "0"), true)
                    .stream(stream));
          }
          context.flush();
        }
      }
    }

    private static DefaultHttp2Headers head() {
      DefaultHttp2Headers head = new DefaultHttp2Headers();
      head.status("200").add("content-type", "application/grpc");
      return head;
    }

    private static DefaultHttp2Headers trailers(String status) {
      DefaultHttp2Headers fields = head();
      fields.add("grpc-status", status);
      return fields;
    }
  }
}

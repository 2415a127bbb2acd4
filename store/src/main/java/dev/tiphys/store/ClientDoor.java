package dev.tiphys.store;

import dev.tiphys.store.grpc.GrpcServer;
import io.grpc.Attributes;
import io.grpc.Grpc;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells who speaks gRPC from who speaks HTTP/1, on one port: over TLS by what both agreed on,
 * otherwise by the first bytes. Looks at these only; once a connection is handed on, nothing of
 * this is left in its way.
 */
final class ClientDoor extends ChannelInitializer<Channel> {
  /**
   * Who can speak both gets HTTP/1.1: gRPC's clients offer HTTP/2 only, and a browser or curl that
   * were given HTTP/2 would find nothing but gRPC there.
   */
  static final ApplicationProtocolConfig PROTOCOLS =
      new ApplicationProtocolConfig(
          Protocol.ALPN,
          SelectorFailureBehavior.NO_ADVERTISE,
          SelectedListenerFailureBehavior.ACCEPT,
          ApplicationProtocolNames.HTTP_1_1,
          ApplicationProtocolNames.HTTP_2);

  /** "PRI " begins no request of HTTP/1. */
  private static final int ENOUGH = 4;

  private static final Logger log = LoggerFactory.getLogger(ClientDoor.class);

  private final @Nullable SslContext tls;
  private final Executor threads;
  private final HttpDesk http;
  private final GrpcServer grpc;

  /**
   * Takes what a connection needs.
   *
   * @param tls null: plain
   * @param threads for the long sums of a handshake
   */
  ClientDoor(@Nullable SslContext tls, Executor threads, HttpDesk http, GrpcServer grpc) {
    this.tls = tls;
    this.threads = threads;
    this.http = http;
    this.grpc = grpc;
  }

  @Override
  protected void initChannel(Channel channel) {
    channel.pipeline().addLast(new Doorkeeper());
  }

  /** Stands at the beginning of one connection until it is known what is spoken there. */
  private final class Doorkeeper extends ByteToMessageDecoder {
    private @Nullable Future<?> patience;
    private @Nullable SslHandler ssl;
    private boolean shaken = tls == null;

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      if (tls != null) {
        ssl = tls.newHandler(context.alloc(), threads);
        ssl.setHandshakeTimeoutMillis(Limits.HTTP_TURN.toMillis());
        context.pipeline().addBefore(context.name(), null, ssl);
      }
      patience =
          context
              .executor()
              .schedule(
                  () -> {
                    context.close();
                  },
                  Limits.HTTP_TURN.toMillis(),
                  TimeUnit.MILLISECONDS);
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext context) {
      if (patience != null) {
        patience.cancel(false);
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof SslHandshakeCompletionEvent handshake) {
        if (!handshake.isSuccess()) {
          context.close();
          return;
        }
        shaken = true;
        var agreed = ssl == null ? null : ssl.applicationProtocol();
        if (ApplicationProtocolNames.HTTP_2.equals(agreed)) {
          welcomeGrpc(context);
        } else if (ApplicationProtocolNames.HTTP_1_1.equals(agreed)) {
          http.welcome(context, this);
        }
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      var reason = cause.getCause() == null ? cause : cause.getCause();
      log.info(
          "connection refused remote={} reason={}",
          context.channel().remoteAddress(),
          reason.getMessage());
      context.close();
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
      if (!shaken) {
        return;
      }
      var preface = Http2CodecUtil.connectionPrefaceBuf();
      int seen = Math.min(in.readableBytes(), preface.readableBytes());
      boolean so = ByteBufUtil.equals(in, in.readerIndex(), preface, 0, seen);
      preface.release();
      if (so && seen >= ENOUGH) {
        welcomeGrpc(context);
      } else if (!so) {
        http.welcome(context, this);
      }
    }

    /** What came already is passed on by {@link ByteToMessageDecoder} as it leaves. */
    private void welcomeGrpc(ChannelHandlerContext context) {
      var about =
          Attributes.newBuilder()
              .set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, context.channel().remoteAddress())
              .set(Grpc.TRANSPORT_ATTR_LOCAL_ADDR, context.channel().localAddress());
      if (ssl != null) {
        about.set(Grpc.TRANSPORT_ATTR_SSL_SESSION, ssl.engine().getSession());
      }
      var serving = grpc.serve(context.channel(), about.build());
      context.pipeline().addAfter(context.name(), null, serving);
      context.pipeline().remove(this);
    }
  }
}

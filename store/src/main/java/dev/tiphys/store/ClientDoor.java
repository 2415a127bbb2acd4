package dev.tiphys.store;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
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
import io.netty.util.AsciiString;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells who speaks gRPC from who speaks HTTP/1, on one port: over TLS by what both agreed on,
 * otherwise by the first bytes. Looks at these only; once a connection is handed on, nothing of
 * this is left in its way.
 */
final class ClientDoor implements InternalProtocolNegotiator.ProtocolNegotiator {
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

  private final @Nullable SslContext tls;
  private final Executor threads;
  private final HttpPages.Desk http;

  /**
   * Takes what a connection needs.
   *
   * @param tls null: plain
   * @param threads for the long sums of a handshake
   */
  ClientDoor(@Nullable SslContext tls, Executor threads, HttpPages.Desk http) {
    this.tls = tls;
    this.threads = threads;
    this.http = http;
  }

  @Override
  public AsciiString scheme() {
    return AsciiString.of(tls == null ? "http" : "https");
  }

  @Override
  public ChannelHandler newHandler(GrpcHttp2ConnectionHandler grpc) {
    return new Doorkeeper(grpc);
  }

  @Override
  public void close() {}

  /** Stands at the beginning of one connection until it is known what is spoken there. */
  private final class Doorkeeper extends ByteToMessageDecoder {
    private final GrpcHttp2ConnectionHandler grpc;
    private @Nullable Future<?> patience;
    private @Nullable SslHandler ssl;
    private boolean shaken = tls == null;

    Doorkeeper(GrpcHttp2ConnectionHandler grpc) {
      this.grpc = grpc;
    }

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
      // All else is gRPC's own beginning of the talk, which is begun anew when gRPC is spoken.
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
      var begin = InternalProtocolNegotiators.grpcNegotiationHandler(grpc);
      context.pipeline().addAfter(context.name(), null, begin);
      context.fireUserEventTriggered(
          InternalProtocolNegotiationEvent.withAttributes(
              InternalProtocolNegotiationEvent.getDefault(), about.build()));
      context.pipeline().remove(this);
    }
  }
}

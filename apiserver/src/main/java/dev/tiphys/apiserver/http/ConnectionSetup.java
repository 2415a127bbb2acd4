package dev.tiphys.apiserver.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** What happens to a new connection: TLS if any, then the protocol that both sides know. */
final class ConnectionSetup extends ChannelInitializer<Channel> {

  /** Told of each connection that has a protocol. */
  interface Listener extends Consumer<ConnectionSetup.Opened> {}

  /**
   * A connection ready for requests.
   *
   * @param channel that it is on
   * @param connection to be drained at the end
   */
  record Opened(Channel channel, OpenConnection connection) {}

  private final @Nullable SslContext tls;
  private final Handlers handlers;
  private final Patience patience;
  private final Listener listener;

  ConnectionSetup(
      @Nullable SslContext tls, Handlers handlers, Patience patience, Listener listener) {
    this.tls = tls;
    this.handlers = handlers;
    this.patience = patience;
    this.listener = listener;
  }

  @Override
  protected void initChannel(Channel channel) {
    if (tls == null) {
      speakHttp1(channel.pipeline(), List.of());
      return;
    }
    SslHandler handler = tls.newHandler(channel.alloc());
    handler.setHandshakeTimeoutMillis(patience.handshake().toMillis());
    channel.pipeline().addLast(handler, new RecordJoiner(), new Negotiation(handler));
  }

  private void speakHttp1(ChannelPipeline pipeline, List<X509Certificate> peer) {
    Http1Connection connection = new Http1Connection(handlers, patience, peer);
    HttpDecoderConfig config =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(Limits.REQUEST_LINE_BYTES)
            .setMaxHeaderSize(Limits.HEADER_BYTES)
            .setMaxChunkSize(Limits.BODY_BEFORE_HANDLER_BYTES);
    pipeline.addLast(new HttpRequestDecoder(config), connection);
    listener.accept(new Opened(pipeline.channel(), connection));
  }

  private void speakHttp2(ChannelPipeline pipeline, List<X509Certificate> peer) {
    Http2Connection protocol = new DefaultHttp2Connection(true);
    // Streams share alike; the default's priority tree costs time on every frame.
    protocol
        .remote()
        .flowController(
            new DefaultHttp2RemoteFlowController(
                protocol, new UniformStreamByteDistributor(protocol)));
    Http2Settings settings =
        Http2Settings.defaultSettings()
            .maxConcurrentStreams(Limits.HTTP2_CONCURRENT_STREAMS)
            .initialWindowSize(Limits.HTTP2_STREAM_WINDOW_BYTES)
            .maxHeaderListSize(Limits.HEADER_BYTES);
    Http2Session session =
        new Http2SessionBuilder(protocol, settings, handlers, patience, peer).build();
    pipeline.addLast(session);
    listener.accept(new Opened(pipeline.channel(), session));
  }

  /** Waits for the end of the handshake and then makes room for what was agreed on. */
  private final class Negotiation extends ChannelInboundHandlerAdapter {

    private final SslHandler ssl;

    Negotiation(SslHandler ssl) {
      this.ssl = ssl;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof SslHandshakeCompletionEvent completion) {
        if (!completion.isSuccess()) {
          ctx.close();
          return;
        }
        List<X509Certificate> peer = peerCertificates();
        if (ApplicationProtocolNames.HTTP_2.equals(ssl.applicationProtocol())) {
          speakHttp2(ctx.pipeline(), peer);
        } else {
          speakHttp1(ctx.pipeline(), peer);
        }
        ctx.pipeline().remove(this);
      } else {
        ctx.fireUserEventTriggered(event);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      // Port scanners, wrong certificates, plain HTTP: the TLS alert has been sent.
      ctx.close();
    }

    private List<X509Certificate> peerCertificates() {
      try {
        List<X509Certificate> peer = new ArrayList<>();
        for (Certificate certificate : ssl.engine().getSession().getPeerCertificates()) {
          peer.add((X509Certificate) certificate);
        }
        return List.copyOf(peer);
      } catch (SSLPeerUnverifiedException e) {
        // The client presented none, as it may.
        return List.of();
      }
    }
  }
}

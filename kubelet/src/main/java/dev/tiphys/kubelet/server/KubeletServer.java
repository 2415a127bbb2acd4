package dev.tiphys.kubelet.server;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.tiphys.daemon.ConfigException;
import dev.tiphys.daemon.tls.ServerTls;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kubelet's HTTPS server. Lets a request in only if the authenticator knows who sent it and the
 * authorizer says that they may.
 */
public final class KubeletServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(KubeletServer.class);
  private static final String BEARER = "Bearer ";

  private final EventLoopGroup eventLoops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final Authenticator authenticator;
  private final Authorizer authorizer;
  private final Endpoints endpoints;
  private final Channel listener;

  private KubeletServer(
      InetSocketAddress address,
      ServerTls tls,
      Authenticator authenticator,
      Authorizer authorizer,
      Endpoints endpoints)
      throws InterruptedException {
    this.authenticator = authenticator;
    this.authorizer = authorizer;
    this.endpoints = endpoints;
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(eventLoops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, Limits.BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    connect(channel, tls);
                  }
                });
    var bound = bootstrap.bind(address).await();
    if (!bound.isSuccess()) {
      eventLoops.shutdownGracefully(0, 0, MILLISECONDS);
      throw new ConfigException(
          "cannot listen on "
              + (address.getHostString() + ":" + address.getPort())
              + (": " + String.valueOf(bound.cause()))
              + "; choose another --address or --port",
          bound.cause());
    }
    this.listener = bound.channel();
  }

  /**
   * Starts serving.
   *
   * @param address where; port 0 takes any free one
   * @param tls the server's key, and the CA by which it knows its clients
   * @throws ConfigException if the address cannot be bound
   */
  public static KubeletServer start(
      InetSocketAddress address,
      ServerTls tls,
      Authenticator authenticator,
      Authorizer authorizer,
      Endpoints endpoints)
      throws InterruptedException {
    return new KubeletServer(address, tls, authenticator, authorizer, endpoints);
  }

  /** The port that is served. */
  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  private void connect(Channel channel, ServerTls tls) {
    if (connections.size() >= Limits.CONNECTIONS) {
      channel.close();
      return;
    }
    connections.add(channel);
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.addLast(new SslHandler(engine(tls)));
    pipeline.addLast(new IdleStateHandler(0, 0, Limits.IDLE.toMillis(), MILLISECONDS));
    pipeline.addLast(
        new HttpServerCodec(
            new HttpDecoderConfig()
                .setMaxInitialLineLength(Limits.HEADER_BYTES)
                .setMaxHeaderSize(Limits.HEADER_BYTES)));
    pipeline.addLast(new HttpObjectAggregator(Limits.REQUEST_BYTES));
    pipeline.addLast(new RequestHandler(executor, this::serve));
  }

  private static SSLEngine engine(ServerTls tls) {
    SSLEngine engine = tls.sslContext().createSSLEngine();
    engine.setUseClientMode(false);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
    parameters.setApplicationProtocols(new String[] {"http/1.1"});
    parameters.setWantClientAuth(tls.asksForClientCertificate());
    engine.setSSLParameters(parameters);
    return engine;
  }

  private void serve(Exchange exchange) {
    try {
      Optional<Caller> caller = authenticator.authenticate(credentials(exchange));
      if (caller.isEmpty()) {
        exchange.text(401, "Unauthorized\n");
        return;
      }
      Authorizer.Access access = AccessRules.of(exchange.method(), exchange.path());
      if (!authorizer.allows(caller.get(), access)) {
        exchange.text(
            403,
            "Forbidden (user=%s, verb=%s, resource=nodes, subresource(s)=%s)\n"
                .formatted(caller.get().name(), access.verb(), access.subresources()));
        return;
      }
    } catch (IOException e) {
      exchange.channel().close(); // The client went away before it was told.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      exchange.channel().close();
      return;
    } catch (RuntimeException e) {
      log.error("event=caller-not-judged path={}", exchange.path(), e);
      exchange.channel().close(); // Whoever cannot be judged is not let in.
      return;
    }
    endpoints.serve(exchange);
  }

  private static Credentials credentials(Exchange exchange) {
    String authorization =
        exchange.request().headers().get(HttpHeaderNames.AUTHORIZATION, "").strip();
    boolean bearer = authorization.regionMatches(true, 0, BEARER, 0, BEARER.length());
    return new Credentials(
        certificate(exchange.channel()),
        bearer ? authorization.substring(BEARER.length()).strip() : null);
  }

  private static @Nullable X509Certificate certificate(Channel channel) {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    try {
      return tls != null
              && tls.engine().getSession().getPeerCertificates()[0] instanceof X509Certificate own
          ? own
          : null;
    } catch (SSLPeerUnverifiedException e) {
      return null; // The client has shown none.
    }
  }

  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
    connections.close().awaitUninterruptibly(Limits.CLOSE.toMillis());
    executor.shutdownNow();
    eventLoops.shutdownGracefully(0, Limits.CLOSE.toMillis(), MILLISECONDS);
  }
}

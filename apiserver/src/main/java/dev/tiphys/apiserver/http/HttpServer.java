package dev.tiphys.apiserver.http;

import dev.tiphys.daemon.ConfigException;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * Serves HTTP/1.1 and HTTP/2 over TLS (or HTTP/1.1 without). Event loops move bytes; every request
 * is handled on a virtual thread of its own. Thread-safe.
 */
public final class HttpServer implements AutoCloseable {

  private final EventLoopGroup loops;
  private final ExecutorService threads;
  private final Channel listening;
  private final Duration drainTimeout;
  private final Map<Channel, OpenConnection> open;

  private HttpServer(
      EventLoopGroup loops,
      ExecutorService threads,
      Channel listening,
      Duration drainTimeout,
      Map<Channel, OpenConnection> open) {
    this.loops = loops;
    this.threads = threads;
    this.listening = listening;
    this.drainTimeout = drainTimeout;
    this.open = open;
  }

  /**
   * Starts serving.
   *
   * @throws ConfigException if a file of the TLS is wrong or the address is taken
   */
  public static HttpServer start(HttpServerConfig config, HttpHandler handler) {
    @Nullable TlsFiles files = config.tls();
    @Nullable SslContext tls = files == null ? null : TlsContext.of(files);
    ExecutorService threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("request-", 0).factory());
    EventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(Limits.EVENT_LOOPS, NioIoHandler.newFactory());
    Map<Channel, OpenConnection> open = new ConcurrentHashMap<>();
    ConnectionSetup setup =
        new ConnectionSetup(
            tls,
            new Handlers(handler, threads),
            config.patience(),
            opened -> {
              open.put(opened.channel(), opened.connection());
              opened.channel().closeFuture().addListener(_ -> open.remove(opened.channel()));
            });
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, Limits.ACCEPT_BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            // Buffers of a record's size are what is needed most: this one keeps them at hand.
            .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, Limits.UNSENT)
            .childOption(
                NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE),
                (int) Limits.TCP_KEEPALIVE.toSeconds())
            .childHandler(setup)
            .bind(config.address())
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
      threads.close();
      throw new ConfigException(
          "cannot listen on "
              + config.address().getHostString()
              + ":"
              + config.address().getPort()
              + ": "
              + bound.cause().getMessage(),
          bound.cause());
    }
    return new HttpServer(loops, threads, bound.channel(), config.drainTimeout(), open);
  }

  /** The address that is served, with the port that was taken. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listening.localAddress();
  }

  /** The port that is served. */
  public int port() {
    return address().getPort();
  }

  /** How many connections are open. */
  public int connections() {
    return open.size();
  }

  /**
   * Stops in order: no new connections; HTTP/2 clients are told to go away; streams are ended
   * through {@link HttpExchange#onClientGone}; requests under way may finish within the drain
   * timeout; then everything is closed.
   */
  @Override
  public void close() {
    listening.close().awaitUninterruptibly();
    open.values().forEach(OpenConnection::drain);
    long deadline = System.nanoTime() + drainTimeout.toNanos();
    boolean interrupted = false;
    for (Channel channel : open.keySet()) {
      long left = deadline - System.nanoTime();
      try {
        if (left <= 0 || interrupted || !channel.closeFuture().await(left, TimeUnit.NANOSECONDS)) {
          channel.close();
        }
      } catch (InterruptedException e) {
        interrupted = true;
        channel.close();
      }
    }
    loops
        .shutdownGracefully(0, drainTimeout.toMillis(), TimeUnit.MILLISECONDS)
        .awaitUninterruptibly();
    threads.shutdownNow();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

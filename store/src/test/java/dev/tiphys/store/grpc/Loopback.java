package dev.tiphys.store.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tiphys.daemon.tls.OwnCertificate;
import dev.tiphys.daemon.tls.Pem;
import dev.tiphys.store.TestCertificate;
import io.grpc.Attributes;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A server behind a socket, for gRPC's own client. At its end all memory that its connections took
 * must have been given back.
 */
final class Loopback implements AutoCloseable {
  /** Longer than a window. */
  static final int MESSAGE_BYTES = 3 << 20;

  /** What a client takes of a stream, and of all; gRPC would adapt it otherwise. */
  static final int WINDOW_BYTES = 64 << 10;

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final MultiThreadIoEventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(true);
  private final Listeners listeners = new Listeners(loop);
  private final GrpcServer server;
  private final @Nullable TestCertificate tls;

  /**
   * Serves methods, named as a {@link Recorder}'s are.
   *
   * @param onLoop whether they are handled on the event loop
   * @param port 0: any
   */
  Loopback(boolean onLoop, int port, Map<MethodType, ServerCallHandler<byte[], byte[]>> handlers)
      throws IOException {
    this(onLoop, port, handlers, null);
  }

  /** As above, encrypted. */
  Loopback(
      boolean onLoop,
      int port,
      Map<MethodType, ServerCallHandler<byte[], byte[]>> handlers,
      @Nullable TestCertificate tls)
      throws IOException {
    this.tls = tls;
    var service = ServerServiceDefinition.builder(Recorder.SERVICE);
    handlers.forEach((type, handler) -> service.addMethod(Recorder.method(type), handler));
    server =
        new GrpcServer(
            new Methods(List.of(service.build()), method -> onLoop),
            new ServerSettings(
                1000, MESSAGE_BYTES, Duration.ZERO, Duration.ofHours(2), Duration.ofSeconds(20)),
            threads,
            System::nanoTime);
    listeners.add(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), new Door());
  }

  /** One method. */
  Loopback(boolean onLoop, MethodType type, ServerCallHandler<byte[], byte[]> handler)
      throws IOException {
    this(onLoop, 0, Map.of(type, handler));
  }

  /** A client; to be ended before this is. */
  ManagedChannel client() {
    var builder =
        NettyChannelBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port()))
            .overrideAuthority("127.0.0.1")
            .flowControlWindow(WINDOW_BYTES)
            .maxInboundMessageSize(16 << 20);
    return tls == null
        ? builder.usePlaintext().build()
        : builder.sslContext(clientsContext(tls)).build();
  }

  private static SslContext clientsContext(TestCertificate server) {
    try {
      return GrpcSslContexts.configure(GrpcSslContexts.forClient(), SslProvider.JDK)
          .trustManager(Pem.certificates(server.certificate()).getFirst())
          .build();
    } catch (IOException | GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static SslContext serversContext(TestCertificate own) {
    try {
      var builder = SslContextBuilder.forServer(OwnCertificate.read(own.certificate(), own.key()));
      return GrpcSslContexts.configure(builder, SslProvider.JDK).build();
    } catch (IOException | GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  int port() {
    return listeners.ports().getFirst();
  }

  GrpcServer server() {
    return server;
  }

  /** Lets no more connections come. */
  void stopListening() {
    listeners.close();
  }

  /** What the connections hold. */
  long usedBytes() {
    return memory.metric().usedDirectMemory() + memory.metric().usedHeapMemory();
  }

  @Override
  public void close() throws InterruptedException {
    listeners.close();
    server.close(PATIENCE);
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(usedBytes()).isZero());
    threads.close();
    loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
  }

  @Sharable
  private final class Door extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel channel) {
      channel.config().setAllocator(memory);
      if (tls != null) {
        channel.pipeline().addLast(serversContext(tls).newHandler(memory));
      }
      channel.pipeline().addLast(server.serve(channel, Attributes.EMPTY));
    }
  }
}

package dev.tiphys.store;

import dev.tiphys.daemon.ConfigException;
import dev.tiphys.daemon.tls.CheckedTrust;
import dev.tiphys.daemon.tls.OwnCertificate;
import dev.tiphys.daemon.tls.Pem;
import dev.tiphys.store.rpc.KVGrpc;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerInterceptor;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The servers at the client URLs, one for each, on shared threads: gRPC, and pages beside it. */
final class GrpcFront implements AutoCloseable {
  private static final int READ_BYTES = 4 << 10;
  private static final int MAX_READ_BYTES = 64 << 10;

  private final List<Server> servers = new ArrayList<>();

  /**
   * Starts serving.
   *
   * @param loop the thread that moves bytes
   * @param pages what is told to those who do not speak gRPC
   * @param tokensNeedTime whether to find out who calls may mean to wait for other members
   * @throws ConfigException when a certificate cannot be used or an address not bound
   */
  GrpcFront(
      StoreConfig config,
      List<BindableService> services,
      List<ServerInterceptor> interceptors,
      EventLoopGroup loop,
      ExecutorService executor,
      HttpPages.Book pages,
      BooleanSupplier tokensNeedTime) {
    var http = new HttpPages.Desk(pages, executor);
    for (var endpoint : config.clientListeners()) {
      var tls = endpoint.tls() ? sslContext(config.clientTls().orElseThrow()) : null;
      var builder =
          NettyServerBuilder.forAddress(endpoint.address())
              .channelType(NioServerSocketChannel.class)
              .bossEventLoopGroup(loop)
              .workerEventLoopGroup(loop)
              // gRPC's own gives each long answer's memory back to the system, to fetch it again.
              .withChildOption(ChannelOption.ALLOCATOR, ByteBufAllocator.DEFAULT)
              // Most writes come in one read; the default starts lower and often takes two.
              .withChildOption(
                  ChannelOption.RECVBUF_ALLOCATOR,
                  new AdaptiveRecvByteBufAllocator(READ_BYTES, READ_BYTES, MAX_READ_BYTES))
              .protocolNegotiator(new ClientDoor(tls, executor, http))
              .executor(Runnable::run)
              .callExecutor(new ByMethod(executor, tokensNeedTime))
              .maxConcurrentCallsPerConnection(config.front().streams())
              .permitKeepAliveTime(config.front().minTime().toNanos(), TimeUnit.NANOSECONDS)
              .permitKeepAliveWithoutCalls(true)
              .maxInboundMessageSize(config.maxRequestBytes() + Limits.REQUEST_OVERHEAD_BYTES);
      if (!config.front().interval().isZero()) {
        builder
            .keepAliveTime(config.front().interval().toNanos(), TimeUnit.NANOSECONDS)
            .keepAliveTimeout(config.front().timeout().toNanos(), TimeUnit.NANOSECONDS);
      }
      interceptors.forEach(builder::intercept);
      services.forEach(builder::addService);
      try {
        servers.add(builder.build().start());
      } catch (IOException e) {
        close();
        throw new ConfigException(
            "--listen-client-urls: cannot listen at " + endpoint.address() + ": " + e.getMessage(),
            e);
      }
    }
  }

  /** The ports served, in the order of the URLs. */
  List<Integer> ports() {
    return servers.stream().map(Server::getPort).toList();
  }

  @Override
  public void close() {
    servers.forEach(Server::shutdown);
    try {
      for (var server : servers) {
        if (!server.awaitTermination(Limits.SHUTDOWN.toMillis(), TimeUnit.MILLISECONDS)) {
          server.shutdownNow();
        }
      }
    } catch (InterruptedException e) {
      servers.forEach(Server::shutdownNow);
      Thread.currentThread().interrupt();
    }
  }

  /** The KV service does not wait on the thread that calls it; all others may. */
  private record ByMethod(ExecutorService threads, BooleanSupplier tokensNeedTime)
      implements ServerCallExecutorSupplier {
    @Override
    public <Q, A> Executor getExecutor(ServerCall<Q, A> call, Metadata metadata) {
      return KVGrpc.SERVICE_NAME.equals(call.getMethodDescriptor().getServiceName())
              && !tokensNeedTime.getAsBoolean()
          ? Runnable::run
          : threads;
    }
  }

  private static SslContext sslContext(StoreConfig.Tls tls) {
    try {
      var builder = SslContextBuilder.forServer(OwnCertificate.read(tls.certificate(), tls.key()));
      if (tls.clientCa() != null) {
        builder.clientAuth(ClientAuth.REQUIRE);
        if (tls.revoked() == null) {
          builder.trustManager(Pem.certificates(tls.clientCa()).toArray(X509Certificate[]::new));
        } else {
          builder.trustManager(CheckedTrust.of(tls.clientCa(), tls.revoked(), List.of()));
          builder.sessionTimeout(1); // or the list is not looked at
        }
      }
      GrpcSslContexts.configure(builder, SslProvider.JDK)
          .applicationProtocolConfig(ClientDoor.PROTOCOLS);
      if (!tls.rules().protocols().isEmpty()) {
        builder.protocols(tls.rules().protocols());
      }
      if (!tls.rules().cipherSuites().isEmpty()) {
        builder.ciphers(tls.rules().cipherSuites());
      }
      return builder.build();
    } catch (IOException | GeneralSecurityException e) {
      throw new ConfigException(
          "--cert-file, --key-file, --trusted-ca-file, --client-crl-file: cannot be used: "
              + e.getMessage(),
          e);
    }
  }
}

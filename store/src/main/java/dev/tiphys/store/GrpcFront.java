package dev.tiphys.store;

import dev.tiphys.daemon.ConfigException;
import dev.tiphys.daemon.tls.CheckedTrust;
import dev.tiphys.daemon.tls.OwnCertificate;
import dev.tiphys.daemon.tls.Pem;
import dev.tiphys.store.gateway.JsonGateway;
import dev.tiphys.store.grpc.GrpcServer;
import dev.tiphys.store.grpc.Listeners;
import dev.tiphys.store.grpc.Methods;
import dev.tiphys.store.rpc.KVGrpc;
import io.grpc.BindableService;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** The servers at the client URLs, one for each, on shared threads: gRPC, and pages beside it. */
final class GrpcFront implements AutoCloseable {
  private final Listeners listeners;
  private final GrpcServer grpc;

  /**
   * Starts serving.
   *
   * @param loop the thread that moves bytes
   * @param ticker nanoseconds of a steady clock
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
      LongSupplier ticker,
      HttpPages.Book pages,
      BooleanSupplier tokensNeedTime) {
    var called =
        services.stream()
            .map(service -> ServerInterceptors.intercept(service, interceptors))
            .toList();
    int maxMessageBytes = config.maxRequestBytes() + Limits.REQUEST_OVERHEAD_BYTES;
    var gateway = new JsonGateway(called, maxMessageBytes);
    var http = new HttpDesk(new HttpPages(pages), gateway, config.http(), executor);
    listeners = new Listeners(loop);
    grpc =
        new GrpcServer(
            new Methods(
                called,
                // The KV service does not wait on the thread that calls it; all others may.
                method ->
                    KVGrpc.SERVICE_NAME.equals(method.getServiceName())
                        && !tokensNeedTime.getAsBoolean()),
            config.front().grpc(maxMessageBytes),
            executor,
            ticker);
    for (var endpoint : config.clientListeners()) {
      var tls = endpoint.tls() ? sslContext(config.clientTls().orElseThrow()) : null;
      try {
        listeners.add(endpoint.address(), new ClientDoor(tls, executor, http, grpc));
      } catch (IOException e) {
        close();
        throw new ConfigException("--listen-client-urls: " + e.getMessage(), e);
      }
    }
  }

  /** The ports served, in the order of the URLs. */
  List<Integer> ports() {
    return listeners.ports();
  }

  @Override
  public void close() {
    listeners.close();
    try {
      grpc.close(Limits.SHUTDOWN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static SslContext sslContext(StoreConfig.Tls tls) {
    try {
      var builder = SslContextBuilder.forServer(OwnCertificate.read(tls.certificate(), tls.key()));
      if (tls.clientCa() != null) {
        builder.clientAuth(ClientAuth.REQUIRE);
        if (tls.revoked() == null && tls.names().isAny()) {
          builder.trustManager(Pem.certificates(tls.clientCa()).toArray(X509Certificate[]::new));
        } else {
          builder.trustManager(CheckedTrust.of(tls.clientCa(), tls.revoked(), tls.names()));
          builder.sessionTimeout(1); // or the list is not looked at
        }
      }
      builder
          .sslProvider(SslProvider.JDK)
          .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
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

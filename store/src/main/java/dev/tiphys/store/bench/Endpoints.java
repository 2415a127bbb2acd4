package dev.tiphys.store.bench;

import dev.tiphys.daemon.tls.OwnCertificate;
import dev.tiphys.daemon.tls.Pem;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Connections to the members of a store. */
final class Endpoints implements AutoCloseable {
  private static final int CONNECTIONS = 32;

  private final List<ManagedChannel> channels = new ArrayList<>();

  /** The files for https. */
  record Files(@Nullable Path ca, @Nullable Path certificate, @Nullable Path key) {}

  /** Connects in turn to each endpoint, HOST:PORT with or without http:// or https://. */
  Endpoints(List<String> endpoints, Files files) throws IOException, GeneralSecurityException {
    var tls = files.ca == null ? null : context(files);
    for (int i = 0; i < CONNECTIONS; i++) {
      var address = endpoints.get(i % endpoints.size()).replaceFirst("^https?://", "");
      int colon = address.lastIndexOf(':');
      var builder =
          NettyChannelBuilder.forAddress(
                  address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)))
              .maxInboundMessageSize(Integer.MAX_VALUE)
              .withOption(ChannelOption.ALLOCATOR, ByteBufAllocator.DEFAULT)
              .withOption(ChannelOption.RECVBUF_ALLOCATOR, inLargePieces())
              .directExecutor();
      channels.add((tls == null ? builder.usePlaintext() : builder.sslContext(tls)).build());
    }
  }

  ManagedChannel channel(int number) {
    return channels.get(number % channels.size());
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
  }

  /** The client is to cost little beside what it measures. */
  private static RecvByteBufAllocator inLargePieces() {
    return new AdaptiveRecvByteBufAllocator(2048, 16 << 10, 512 << 10);
  }

  private static SslContext context(Files files) throws IOException, GeneralSecurityException {
    var builder = GrpcSslContexts.forClient();
    if (files.ca != null) {
      builder.trustManager(Pem.certificates(files.ca).toArray(X509Certificate[]::new));
    }
    if (files.certificate != null && files.key != null) {
      builder.keyManager(OwnCertificate.read(files.certificate, files.key));
    }
    return GrpcSslContexts.configure(builder, SslProvider.JDK).build();
  }
}

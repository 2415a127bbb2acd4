package dev.tiphys.store.tool;

import dev.tiphys.daemon.tls.OwnCertificate;
import dev.tiphys.daemon.tls.Pem;
import dev.tiphys.store.rpc.AuthGrpc;
import dev.tiphys.store.rpc.AuthenticateRequest;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a member is reached, under the names that etcdctl gives its flags. */
final class Connection {
  private static final int DIAL_SECONDS = 10;

  @Option(
      names = "--endpoints",
      split = ",",
      defaultValue = "127.0.0.1:2379",
      description = "Members, as URLs or HOST:PORT; the first is asked. Default: ${DEFAULT-VALUE}.")
  private List<String> endpoints = List.of();

  @Option(names = "--cacert", description = "CA that signed the members' certificates, PEM.")
  private @Nullable Path cacert;

  @Option(names = "--cert", description = "Certificate to show, PEM.")
  private @Nullable Path cert;

  @Option(names = "--key", description = "Key of --cert, PEM.")
  private @Nullable Path key;

  @Option(names = "--user", description = "NAME:PASSWORD.")
  private @Nullable String user;

  /** An open connection. */
  record Open(ManagedChannel transport, Channel channel) implements AutoCloseable {
    @Override
    public void close() throws InterruptedException {
      transport.shutdownNow().awaitTermination(DIAL_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** Connects, and logs in when there is a user. */
  Open open() throws IOException {
    var endpoint = endpoints.getFirst();
    var url = URI.create(endpoint.contains("://") ? endpoint : "http://" + endpoint);
    if (url.getHost() == null || url.getPort() < 0) {
      throw new IOException("--endpoints: \"" + endpoint + "\" is not a URL or HOST:PORT");
    }
    boolean tls = "https".equals(url.getScheme()) || cacert != null || cert != null;
    var builder =
        NettyChannelBuilder.forAddress(url.getHost(), url.getPort())
            .maxInboundMessageSize(Integer.MAX_VALUE);
    var transport = (tls ? builder.sslContext(sslContext()) : builder.usePlaintext()).build();
    return new Open(transport, user == null ? transport : loggedIn(transport, user));
  }

  private static Channel loggedIn(Channel transport, String user) throws IOException {
    int colon = user.indexOf(':');
    if (colon < 0) {
      throw new IOException("--user must be NAME:PASSWORD");
    }
    var request =
        AuthenticateRequest.newBuilder()
            .setName(user.substring(0, colon))
            .setPassword(user.substring(colon + 1))
            .build();
    var headers = new Metadata();
    headers.put(
        Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER),
        AuthGrpc.newBlockingStub(transport)
            .withDeadlineAfter(DIAL_SECONDS, TimeUnit.SECONDS)
            .authenticate(request)
            .getToken());
    return ClientInterceptors.intercept(
        transport, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private SslContext sslContext() throws IOException {
    try {
      var builder = GrpcSslContexts.forClient();
      GrpcSslContexts.configure(builder, SslProvider.JDK);
      if (cacert != null) {
        builder.trustManager(Pem.certificates(cacert).toArray(X509Certificate[]::new));
      }
      if (cert != null && key != null) {
        builder.keyManager(OwnCertificate.read(cert, key));
      }
      return builder.build();
    } catch (GeneralSecurityException e) {
      throw new IOException("--cacert, --cert, --key: cannot be used: " + e.getMessage(), e);
    }
  }
}

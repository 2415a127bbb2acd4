package dev.tiphys.apiserver.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Servers and clients of a test, closed after it. */
final class HttpFixture implements BeforeEachCallback, AfterEachCallback {

  static final Duration SOON = Duration.ofSeconds(20);
  static final Headers TEXT = Headers.of("Content-Type", "text/plain");

  private final List<AutoCloseable> toClose = new ArrayList<>();
  private @Nullable TestCertificates certificates;

  /** Certificates are made once for all tests of a class. */
  private record Shared(Path folder, TestCertificates certificates) implements AutoCloseable {

    static Shared make() {
      try {
        Path folder = Files.createTempDirectory("http-test");
        return new Shared(folder, TestCertificates.in(folder));
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() throws IOException {
      try (var files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    certificates =
        context
            .getRoot()
            .getStore(ExtensionContext.Namespace.create(HttpFixture.class))
            .computeIfAbsent("certificates", _ -> Shared.make(), Shared.class)
            .certificates();
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    for (AutoCloseable closeable : toClose) {
      closeable.close();
    }
  }

  TestCertificates certificates() {
    if (certificates == null) {
      throw new IllegalStateException("no test runs");
    }
    return certificates;
  }

  HttpServer serve(@Nullable TlsFiles tls, HttpHandler handler) {
    return serve(tls, Patience.DEFAULT, handler);
  }

  HttpServer serve(@Nullable TlsFiles tls, Patience patience, HttpHandler handler) {
    HttpServer server =
        HttpServer.start(
            new HttpServerConfig(
                new InetSocketAddress("127.0.0.1", 0), tls, Duration.ofSeconds(2), patience),
            handler);
    toClose.add(server);
    return server;
  }

  HttpClient client(HttpClient.Version version, @Nullable String identity) throws Exception {
    HttpClient client =
        HttpClient.newBuilder()
            .version(version)
            .sslContext(certificates().clientContext(identity))
            .build();
    toClose.addFirst(client::shutdownNow);
    return client;
  }

  static HttpRequest.Builder request(HttpServer server, String path) {
    return HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + path))
        .timeout(SOON);
  }

  static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 'x');
    return bytes;
  }

  static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Sends bytes and returns all that comes back until the server closes. */
  static String raw(HttpServer server, String text) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      socket.setSoTimeout((int) SOON.toMillis());
      socket.getOutputStream().write(text.getBytes(ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }
}

package dev.tiphys.deploy.bench;

import dev.tiphys.client.kubeconfig.ClusterAccess;
import dev.tiphys.deploy.machine.Json;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** The server that is measured, asked as the kubeconfig's user. Thread-safe. */
final class Target implements AutoCloseable {

  private final ClusterAccess access;
  private final SSLContext tls;
  private final HttpClient http;

  Target(ClusterAccess access) {
    this.access = access;
    if (!"https".equals(access.server().getScheme())) {
      throw new BenchFailure(
          "the API is measured over TLS; the kubeconfig names " + access.server());
    }
    this.tls = tls(access);
    this.http = HttpClient.newBuilder().sslContext(tls).connectTimeout(Limits.REQUEST).build();
  }

  /** The server's URL, without a slash at the end. */
  URI server() {
    return access.server();
  }

  /** The port that is served. */
  int port() {
    return server().getPort() < 0 ? 443 : server().getPort();
  }

  /** TLS that shows the user's certificate, if there is one. */
  SSLContext tls() {
    return tls;
  }

  /** What to send a request to. */
  URI at(String path) {
    return URI.create(server() + path);
  }

  /**
   * Asks and reads the answer, which must be a success.
   *
   * @param body JSON; empty for none
   * @throws BenchFailure with what the server said instead
   */
  Json must(String method, String path, String body) {
    HttpResponse<byte[]> response = send(method, path, body);
    if (response.statusCode() >= 300) {
      throw new BenchFailure(
          method
              + " "
              + path
              + " was answered with "
              + response.statusCode()
              + ": "
              + new String(response.body(), StandardCharsets.UTF_8));
    }
    return Json.parse(response.body());
  }

  /** Asks and gives the status of the answer. */
  int ask(String method, String path, String body) {
    return send(method, path, body).statusCode();
  }

  private HttpResponse<byte[]> send(String method, String path, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(at(path))
            .timeout(Limits.REQUEST)
            .header("Content-Type", "application/json")
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (access.token() != null) {
      request.header("Authorization", "Bearer " + access.token().read());
    }
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new BenchFailure(method + " " + path + " failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchFailure("interrupted");
    }
  }

  private static SSLContext tls(ClusterAccess access) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys(access), new TrustManager[] {new Anyone()}, new SecureRandom());
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new BenchFailure("TLS cannot be set up", e);
    }
  }

  private static KeyManager @Nullable [] keys(ClusterAccess access)
      throws GeneralSecurityException, IOException {
    ClusterAccess.ClientCertificate own = access.certificate();
    if (own == null) {
      return null;
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("own", own.key(), new char[0], own.chain().toArray(X509Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, new char[0]);
    return factory.getKeyManagers();
  }

  @Override
  public void close() {
    http.shutdownNow();
    http.close();
  }

  /** As h2load, which checks no certificate either: what is measured here is speed. */
  private static final class Anyone extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}

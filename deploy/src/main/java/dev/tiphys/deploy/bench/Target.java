package dev.tiphys.deploy.bench;

import dev.tiphys.client.kubeconfig.ClusterAccess;
import dev.tiphys.client.transport.Tls;
import dev.tiphys.deploy.machine.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;

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
    this.tls = Tls.context(access);
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

  /**
   * TLS that believes whom the kubeconfig believes, and shows the user's certificate if it has one.
   */
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

  @Override
  public void close() {
    http.shutdownNow();
    http.close();
  }
}

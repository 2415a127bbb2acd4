package dev.tiphys.store;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.stream.Stream;

/** Says to a port what one would say with curl. */
final class Curl implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String base;

  /** What came back. */
  record Reply(int status, String type, String body) {}

  Curl(int port) {
    base = "http://127.0.0.1:" + port;
  }

  /**
   * Sends a request and reads the answer to its end.
   *
   * @param headers names and values in turn
   */
  Reply ask(String method, String path, String body, String... headers)
      throws IOException, InterruptedException {
    var response = client.send(request(method, path, body, headers), BodyHandlers.ofString());
    return new Reply(response.statusCode(), type(response), response.body());
  }

  Reply post(String path, String body, String... headers) throws IOException, InterruptedException {
    return ask("POST", path, body, headers);
  }

  /** The lines of an answer that has no end; close it to leave. */
  Stream<String> lines(String path, String body, String... headers)
      throws IOException, InterruptedException {
    return client.send(request("POST", path, body, headers), BodyHandlers.ofLines()).body();
  }

  /** The answer, with all that is said of it. */
  HttpResponse<String> whole(String method, String path, String... headers)
      throws IOException, InterruptedException {
    return client.send(request(method, path, "", headers), BodyHandlers.ofString());
  }

  /** As JSON has bytes. */
  static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    client.shutdownNow();
  }

  private HttpRequest request(String method, String path, String body, String... headers) {
    var request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(PATIENCE)
            .method(method, BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return request.build();
  }

  private static String type(HttpResponse<?> response) {
    return response.headers().firstValue("Content-Type").orElse("");
  }
}

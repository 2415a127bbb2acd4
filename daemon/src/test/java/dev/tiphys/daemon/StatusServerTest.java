package dev.tiphys.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StatusServerTest {

  private final HealthChecks health = new HealthChecks();
  private final StatusServer server =
      StatusServer.start(new InetSocketAddress("127.0.0.1", 0), null, health, new Metrics());
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void aHealthyDaemonAnswersOk() throws Exception {
    assertThat(get("/readyz").body()).isEqualTo("ok");
    assertThat(get("/livez?verbose").body()).isEqualTo("[+]ping ok\nlivez check passed\n");
  }

  @Test
  void aFailedCheckIsAServerError() throws Exception {
    health.add("lease", HealthChecks.Scope.LIVE, () -> Optional.of("lost"));

    HttpResponse<String> response = get("/healthz");

    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.body()).contains("[-]lease failed: lost");
    assertThat(get("/healthz/lease").statusCode()).isEqualTo(500);
    assertThat(get("/healthz?exclude=lease").statusCode()).isEqualTo(200);
  }

  @Test
  void metricsTellTheMemoryOfTheProcess() throws Exception {
    assertThat(get("/metrics").body()).containsPattern("process_resident_memory_bytes [1-9]");
  }

  @Test
  void theVersionIsTheApiThatIsServed() throws Exception {
    assertThat(get("/version").body()).contains("\"gitVersion\": \"v1.36.0+tiphys.");
  }

  private HttpResponse<String> get(String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
    return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }
}

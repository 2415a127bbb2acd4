package dev.tiphys.deploy;

import dev.tiphys.deploy.layout.ClusterSettings;
import dev.tiphys.deploy.layout.DataDir;
import dev.tiphys.deploy.machine.Https;
import dev.tiphys.deploy.machine.Https.Answer;
import dev.tiphys.deploy.machine.Json;
import dev.tiphys.deploy.pki.Pem;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.function.Predicate;

/** Asks a running cluster, as its administrator. Safe for use by many threads. */
final class Cluster {
  private final Https https;
  private final URI server;

  private Cluster(Https https, URI server) {
    this.https = https;
    this.server = server;
  }

  static Cluster open(DataDir directory, ClusterSettings settings)
      throws IOException, GeneralSecurityException {
    return new Cluster(
        Https.with(
            Pem.readCertificate(directory.pki().resolve("ca.crt")),
            Pem.readCertificate(directory.pki().resolve("admin.crt")),
            Pem.readKey(directory.pki().resolve("admin.key"), "RSA")),
        URI.create("https://127.0.0.1:" + settings.apiPort()));
  }

  /** Whether the server at the address says that it is well. */
  boolean healthy(URI address) {
    return https.get(address).ok();
  }

  /** GET of a path of the API server. */
  Answer get(String path) {
    return https.get(server.resolve(path));
  }

  /** A request to the API server. */
  Answer ask(String method, String path, String body) {
    return https.ask(method, server.resolve(path), body.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Watches until an event is what was waited for.
   *
   * @param path of a watch
   * @return whether it came before the server ended the watch
   */
  boolean awaitEvent(String path, Predicate<Json> wanted) throws IOException {
    return https.awaitLine(
        server.resolve(path),
        line -> wanted.test(Json.parse(line.getBytes(StandardCharsets.UTF_8)).get("object")));
  }

  boolean apiReady() {
    return get("/readyz").ok();
  }

  /**
   * Empty when the node is Ready; else why it is not, as far as is known.
   *
   * @param since a heartbeat from before this moment (seconds since 1970) does not count
   */
  Optional<String> nodeNotReady(String node, long since) {
    Answer answer = get("/api/v1/nodes/" + node);
    if (!answer.ok()) {
      return Optional.of(
          answer.status() == 404 ? "it is not registered" : "the API server does not answer");
    }
    Json found = Json.parse(answer.body());
    boolean tainted =
        found.get("spec").get("taints").items().stream()
            .anyMatch(taint -> taint.get("key").text().equals("node.kubernetes.io/not-ready"));
    for (Json condition : found.get("status").get("conditions").items()) {
      if (condition.get("type").text().equals("Ready")) {
        boolean ready = condition.get("status").text().equals("True");
        String heartbeat = condition.get("lastHeartbeatTime").text();
        boolean fresh =
            heartbeat.isEmpty() || java.time.Instant.parse(heartbeat).getEpochSecond() >= since;
        if (ready && fresh) {
          // Until the node controller has seen that the node is Ready, nothing is scheduled to it.
          return tainted ? Optional.of("it still has the taint not-ready") : Optional.empty();
        }
        return Optional.of(
            ready ? "it has not reported since the start" : condition.get("message").text());
      }
    }
    return Optional.of("it has not reported yet");
  }
}

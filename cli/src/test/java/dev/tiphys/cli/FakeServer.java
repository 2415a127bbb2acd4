package dev.tiphys.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tiphys.client.environment.VirtualThreads;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A server that answers as it is told, and the command line in front of it. */
final class FakeServer implements AutoCloseable {

  record Answer(int status, String body) {}

  record Run(int code, String out, String err) {}

  private static final String DISCOVERY =
      """
      {"kind": "APIGroupDiscoveryList", "items": [{"metadata": {"name": "%s"}, "versions": [
        {"version": "v1", "resources": [%s]}]}]}
      """;

  private final HttpServer server;
  private final Map<String, Answer> answers = new HashMap<>();
  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());

  FakeServer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::answer);
    server.start();
    on("GET /api", DISCOVERY.formatted("", resource("pods", "Pod", "po")));
    on("GET /apis", DISCOVERY.formatted("apps", resource("deployments", "Deployment", "deploy")));
  }

  private static String resource(String plural, String kind, String shortName) {
    return """
    {"resource": "%s", "singularResource": "%s", "scope": "Namespaced", "verbs": ["list"],
     "responseKind": {"kind": "%s"}, "shortNames": ["%s"], "categories": ["all"]}
    """
        .formatted(plural, plural.substring(0, plural.length() - 1), kind, shortName);
  }

  FakeServer on(String request, String body) {
    return on(request, 200, body);
  }

  FakeServer on(String request, int status, String body) {
    answers.put(request, new Answer(status, body));
    return this;
  }

  /** Method, path and body of the requests so far, discovery apart. */
  List<String> requests() {
    return requests.stream()
        .filter(each -> !each.startsWith("GET /api ") && !each.startsWith("GET /apis "))
        .toList();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String line = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    requests.add(line + " " + body);
    Answer answer =
        answers.getOrDefault(
            line,
            new Answer(
                404,
                """
                {"kind": "Status", "status": "Failure", "reason": "NotFound", "code": 404,
                 "message": "%s not found"}
                """
                    .formatted(line)));
    byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(answer.status(), bytes.length);
    try (exchange) {
      exchange.getResponseBody().write(bytes);
    }
  }

  Run run(String input, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addFirst("--server=http://127.0.0.1:" + server.getAddress().getPort());
    int code =
        new Main(
                console,
                Map.of("HOME", "/nowhere", "TIPHYS_DATA_DIR", "/nowhere"),
                new VirtualThreads())
            .run(all);
    return new Run(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}

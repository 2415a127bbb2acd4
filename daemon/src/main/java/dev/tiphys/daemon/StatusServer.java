package dev.tiphys.daemon;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.tiphys.daemon.tls.ServerTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * The side door of a daemon: {@code /healthz}, {@code /livez}, {@code /readyz} (with {@code
 * ?verbose}, {@code ?exclude=} and one check by path), {@code /version} and {@code /metrics}.
 *
 * <p>Health is told to anyone, as upstream does. Metrics and version over TLS are told only to
 * callers whose certificate the client CA signed; without TLS the server is for loopback and tells
 * all.
 */
public final class StatusServer implements AutoCloseable {

  /** The media type of {@code /metrics}. */
  public static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final String TEXT = "text/plain; charset=utf-8";
  private static final int BACKLOG = 64;
  private static final String VERSION_PATH = "/version";
  private static final List<String> HEALTH_PATHS = List.of("healthz", "livez", "readyz");

  private final HttpServer server;
  private final ExecutorService executor;
  private final boolean secure;

  private StatusServer(HttpServer server, boolean secure, HealthChecks health, Metrics metrics) {
    this.server = server;
    this.secure = secure;
    this.executor = Executors.newVirtualThreadPerTaskExecutor();
    server.setExecutor(executor);
    for (String path : HEALTH_PATHS) {
      server.createContext("/" + path, exchange -> health(exchange, path, health));
    }
    server.createContext(
        VERSION_PATH, exchange -> guarded(exchange, "application/json", versionBody()));
    server.createContext("/metrics", exchange -> guarded(exchange, METRICS_TYPE, metrics.toText()));
  }

  /**
   * Starts serving.
   *
   * @param address where; port 0 takes any free one
   * @param tls null for plain HTTP
   * @throws ConfigException if the address cannot be bound
   */
  public static StatusServer start(
      InetSocketAddress address, @Nullable ServerTls tls, HealthChecks health, Metrics metrics) {
    try {
      HttpServer server;
      if (tls == null) {
        server = HttpServer.create(address, BACKLOG);
      } else {
        HttpsServer https = HttpsServer.create(address, BACKLOG);
        https.setHttpsConfigurator(
            new HttpsConfigurator(tls.sslContext()) {
              @Override
              public void configure(HttpsParameters parameters) {
                SSLParameters ssl = getSSLContext().getDefaultSSLParameters();
                ssl.setWantClientAuth(tls.asksForClientCertificate());
                tls.rules().into(ssl);
                parameters.setSSLParameters(ssl);
              }
            });
        server = https;
      }
      StatusServer status = new StatusServer(server, tls != null, health, metrics);
      server.start();
      return status;
    } catch (IOException e) {
      throw new ConfigException(
          "cannot listen on "
              + address.getHostString()
              + ":"
              + address.getPort()
              + ": "
              + e.getMessage(),
          e);
    }
  }

  /**
   * A page of a daemon's own.
   *
   * @param status the HTTP status
   * @param contentType its media type
   * @param body its text, sent as UTF-8
   */
  public record Page(int status, String contentType, String body) {}

  /** Serves a page, computed at each request and told to anyone, at a path of the daemon's own. */
  public void serve(String path, Supplier<Page> page) {
    serve(path, _ -> page.get());
  }

  /** As {@link #serve(String, Supplier)}; the page is computed from the query, "" without one. */
  public void serve(String path, Function<String, Page> page) {
    server.createContext(
        path,
        exchange -> {
          String query = exchange.getRequestURI().getQuery();
          Page now = page.apply(query == null ? "" : query);
          respond(exchange, now.status(), now.contentType(), bytes(now.body()));
        });
  }

  /** Serves another page in the place of {@code /version}, guarded as that one. */
  public void serveVersion(Supplier<Page> page) {
    server.removeContext(VERSION_PATH);
    server.createContext(
        VERSION_PATH,
        exchange -> {
          Page now = page.get();
          guarded(exchange, now.contentType(), bytes(now.body()));
        });
  }

  /** The port that is served. */
  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    executor.close();
  }

  private static byte[] versionBody() {
    return Version.current().toJson().getBytes(StandardCharsets.UTF_8);
  }

  private static void health(HttpExchange exchange, String path, HealthChecks health)
      throws IOException {
    String asked = exchange.getRequestURI().getPath().substring(1);
    Page now = healthPage(health, path, asked, exchange.getRequestURI().getQuery());
    respond(exchange, now.status(), now.contentType(), bytes(now.body()));
  }

  /**
   * What a health path tells, for whoever serves it elsewhere.
   *
   * @param path {@code healthz}, {@code livez} or {@code readyz}
   * @param asked the path that was asked for: that one, or one check below it ({@code livez/ping})
   * @param query null or "" without one
   */
  public static Page healthPage(
      HealthChecks health, String path, String asked, @Nullable String query) {
    String rest = asked.substring(path.length());
    if (rest.length() > 1) {
      Optional<HealthChecks.Outcome> one = health.runOne(rest.substring(1));
      return new Page(
          one.map(o -> o.healthy() ? 200 : 500).orElse(404),
          TEXT,
          one.map(HealthChecks.Outcome::report).orElse("404 page not found\n"));
    }
    List<String> options = query == null ? List.of() : List.of(query.split("&"));
    List<String> excluded =
        options.stream()
            .filter(q -> q.startsWith("exclude="))
            .flatMap(q -> Arrays.stream(q.substring("exclude=".length()).split(",")))
            .toList();
    HealthChecks.Outcome outcome = health.run(path, excluded);
    boolean verbose =
        options.stream().anyMatch(q -> q.equals("verbose") || q.startsWith("verbose="));
    String body = outcome.healthy() && !verbose ? "ok" : outcome.report();
    return new Page(outcome.healthy() ? 200 : 500, TEXT, body);
  }

  private void guarded(HttpExchange exchange, String contentType, byte[] body) throws IOException {
    if (secure && !hasClientCertificate(exchange)) {
      respond(
          exchange,
          401,
          TEXT,
          bytes("Unauthorized: present a client certificate that the client CA signed\n"));
      return;
    }
    respond(exchange, 200, contentType, body);
  }

  private static boolean hasClientCertificate(HttpExchange exchange) {
    try {
      return exchange instanceof HttpsExchange https
          && https.getSSLSession().getPeerCertificates().length > 0;
    } catch (SSLPeerUnverifiedException e) {
      return false;
    }
  }

  private static void respond(HttpExchange exchange, int status, String contentType, byte[] body)
      throws IOException {
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", contentType);
      exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
      boolean head = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(status, head || body.length == 0 ? -1 : body.length);
      if (!head) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

package dev.tiphys.client.transport;

import dev.tiphys.client.ApiException;
import dev.tiphys.client.Limits;
import dev.tiphys.client.environment.Environment;
import dev.tiphys.client.kubeconfig.ClusterAccess;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The JDK's HTTP client: HTTP/2 over TLS, so that all requests and watches of a daemon share one
 * connection, with one platform thread and virtual threads for the rest.
 */
public final class HttpTransport implements Transport {

  private static final Logger log = LoggerFactory.getLogger(HttpTransport.class);

  private final ClusterAccess access;
  private final String userAgent;
  private final Environment environment;
  private final ExecutorService executor;
  private final @Nullable SSLContext tls;
  private final AtomicReference<HttpClient> http;
  private final AtomicBoolean reachable = new AtomicBoolean(true);

  /**
   * Makes a transport; nothing is sent before the first request.
   *
   * @param userAgent the {@code User-Agent} of all requests, {@code name/version}
   */
  public HttpTransport(ClusterAccess access, String userAgent, Environment environment) {
    this.access = access;
    this.userAgent = userAgent;
    this.environment = environment;
    this.executor =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("http-", 0).factory());
    this.tls = access.server().getScheme().equals("https") ? Tls.context(access) : null;
    this.http = new AtomicReference<>(connect());
  }

  private HttpClient connect() {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_2)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Limits.CONNECT_TIMEOUT)
            .executor(executor);
    if (tls != null) {
      builder.sslContext(tls);
    }
    return builder.build();
  }

  /**
   * Drops the connection that a request got no answer on in time, and all that goes over it. A peer
   * that vanished without a word would else be waited for until the kernel gives up, a quarter of
   * an hour later; a server that is merely slow answers before our timeout.
   */
  private void replace(HttpClient silent) {
    if (http.compareAndSet(silent, connect())) {
      log.warn("event=connection-replaced server={} cause=\"no answer in time\"", access.server());
      silent.shutdownNow();
    }
  }

  @Override
  public Response send(Request request) {
    HttpRequest.BodyPublisher body =
        request.body() == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofByteArray(request.body());
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(uri(request, false)).method(request.method(), body);
    headers(request).forEach(builder::setHeader);
    if (request.timeout() != null) {
      builder.timeout(request.timeout());
    }
    HttpResponse<InputStream> response;
    HttpClient client = http.get();
    try {
      response = client.send(builder.build(), HttpResponse.BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      throw interrupted();
    } catch (HttpTimeoutException e) {
      if (!(e instanceof HttpConnectTimeoutException)) {
        replace(client);
      }
      throw unreachable(request, e);
    } catch (IOException e) {
      throw unreachable(request, e);
    }
    if (!reachable.getAndSet(true)) {
      log.info("event=server-reachable server={}", access.server());
    }
    Map<String, String> headers = new HashMap<>();
    response
        .headers()
        .map()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
    return new Response(response.statusCode(), headers, guarded(response.body(), request));
  }

  /** The JDK's timeout only covers the head of an answer; this ends a body that takes too long. */
  private InputStream guarded(InputStream body, Request request) {
    if (request.timeout() == null) {
      return body;
    }
    Environment.Task guard =
        environment.schedule(request.timeout(), "http-timeout", () -> closeQuietly(body));
    return new FilterInputStream(body) {
      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        int count = in.read(bytes, offset, length);
        if (count < 0) {
          guard.cancel();
        }
        return count;
      }

      @Override
      public void close() throws IOException {
        guard.cancel();
        super.close();
      }
    };
  }

  private static void closeQuietly(InputStream body) {
    try {
      body.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public MessageStream connect(Request request, List<String> protocols) {
    WebSocketMessages messages = new WebSocketMessages();
    WebSocket.Builder builder =
        http.get().newWebSocketBuilder().connectTimeout(Limits.CONNECT_TIMEOUT);
    headers(request).forEach(builder::header);
    if (!protocols.isEmpty()) {
      builder.subprotocols(
          protocols.getFirst(), protocols.subList(1, protocols.size()).toArray(String[]::new));
    }
    try {
      WebSocket socket =
          builder
              .buildAsync(uri(request, true), messages)
              .get(Limits.REQUEST_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      return messages.opened(socket);
    } catch (InterruptedException e) {
      throw interrupted();
    } catch (TimeoutException e) {
      throw unreachable(request, e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof WebSocketHandshakeException refused
          && refused.getResponse() != null) {
        throw refused(refused.getResponse());
      }
      throw unreachable(request, e.getCause() == null ? e : e.getCause());
    }
  }

  private static ApiException refused(HttpResponse<?> response) {
    byte[] body =
        response.body() instanceof String text
            ? text.getBytes(StandardCharsets.UTF_8)
            : new byte[0];
    return Statuses.exception(response.statusCode(), body, null);
  }

  private Map<String, String> headers(Request request) {
    Map<String, String> headers = new HashMap<>(request.headers());
    headers.put("User-Agent", userAgent);
    if (access.token() != null) {
      try {
        headers.put("Authorization", "Bearer " + access.token().read());
      } catch (UncheckedIOException e) {
        throw ApiException.unreachable(e.getMessage() + ": " + e.getCause(), e);
      }
    }
    return headers;
  }

  private URI uri(Request request, boolean webSocket) {
    String query =
        request.query().stream()
            .map(each -> encode(each.getKey()) + "=" + encode(each.getValue()))
            .collect(Collectors.joining("&"));
    String server = access.server().toString();
    // http becomes ws, and https wss.
    String base = webSocket ? "ws" + server.substring("http".length()) : server;
    return URI.create(base + request.path() + (query.isEmpty() ? "" : "?" + query));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private ApiException unreachable(Request request, Throwable cause) {
    if (reachable.getAndSet(false)) {
      log.warn("event=server-unreachable server={} error={}", access.server(), reason(cause));
    }
    return ApiException.unreachable(
        request.method() + " " + access.server() + request.path() + ": " + reason(cause), cause);
  }

  /** The JDK leaves out the message where it is most wanted. */
  private static String reason(Throwable cause) {
    for (Throwable each = cause; each != null; each = each.getCause()) {
      if (each.getMessage() != null) {
        return each.getMessage();
      }
    }
    return cause instanceof ConnectException
        ? "connection refused"
        : cause.getClass().getSimpleName();
  }

  private static CancellationException interrupted() {
    Thread.currentThread().interrupt();
    return new CancellationException("the call was interrupted");
  }

  @Override
  public void close() {
    http.get().shutdownNow();
    executor.shutdownNow();
  }
}

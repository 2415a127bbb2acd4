package dev.tiphys.cli.cluster;

import dev.tiphys.client.transport.Transport;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/**
 * Adds headers to all requests, and tells the user what is asked if the user wants to know. Never
 * shows headers, so no credentials.
 */
public final class Tracing implements Transport {

  private static final int SHOW_REQUESTS = 6;
  private static final int SHOW_BODIES = 8;

  private final Transport inner;
  private final Map<String, String> headers;
  private final int verbosity;
  private final PrintStream log;
  private final InstantSource clock;

  /** Wraps a transport, which it will close. */
  public Tracing(
      Transport inner,
      Map<String, String> headers,
      int verbosity,
      PrintStream log,
      InstantSource clock) {
    this.inner = inner;
    this.headers = Map.copyOf(headers);
    this.verbosity = verbosity;
    this.log = log;
    this.clock = clock;
  }

  @Override
  public Response send(Request request) {
    byte[] body = request.body();
    if (verbosity >= SHOW_BODIES && body != null) {
      log.println("Request Body: " + new String(body, StandardCharsets.UTF_8));
    }
    Instant start = clock.instant();
    Response response = inner.send(withHeaders(request));
    if (verbosity >= SHOW_REQUESTS) {
      log.printf(
          "%s %s%s %d in %d milliseconds%n",
          request.method(),
          request.path(),
          query(request),
          response.status(),
          Duration.between(start, clock.instant()).toMillis());
    }
    return response;
  }

  @Override
  public MessageStream connect(Request request, List<String> protocols) {
    if (verbosity >= SHOW_REQUESTS) {
      log.printf("WebSocket %s%s %s%n", request.path(), query(request), protocols);
    }
    return inner.connect(withHeaders(request), protocols);
  }

  private Request withHeaders(Request request) {
    Request with = request;
    for (Map.Entry<String, String> header : headers.entrySet()) {
      with = with.withHeader(header.getKey(), header.getValue());
    }
    return with;
  }

  private static String query(Request request) {
    StringBuilder query = new StringBuilder();
    request
        .query()
        .forEach(each ->
            query
                .append(query.isEmpty() ? '?' : '&')
                .append(each.getKey())
                .append('=')
                .append(each.getValue()));
    return query.toString();
  }

  @Override
  public void close() {
    inner.close();
  }
}

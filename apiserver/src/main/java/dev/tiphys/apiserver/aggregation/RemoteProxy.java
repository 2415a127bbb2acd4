package dev.tiphys.apiserver.aggregation;

import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.http.Headers;
import dev.tiphys.apiserver.http.HttpExchange;
import dev.tiphys.apiserver.outbound.Connection;
import dev.tiphys.apiserver.outbound.Destination;
import dev.tiphys.apiserver.outbound.OutboundResponse;
import dev.tiphys.apiserver.outbound.Relay;
import dev.tiphys.apiserver.outbound.ServiceAddresses;
import dev.tiphys.apiserver.outbound.Trust;
import dev.tiphys.apiserver.request.ApiCall;
import dev.tiphys.apiserver.request.ApiException;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * Passes requests on to the servers of other groups. They believe what we say of the user because
 * our certificate is the front proxy's. Thread-safe.
 */
public final class RemoteProxy {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int DOCUMENT_BYTES = 32 * 1024 * 1024;
  private static final Set<String> NOT_PASSED_ON =
      Set.of("authorization", "connection", "keep-alive", "upgrade", "te", "trailer");
  private static final Set<String> OF_AN_UPGRADE = Set.of("connection", "upgrade");
  private static final String ASSERTED = "x-remote-";

  private final ServiceAddresses services;
  private final Trust trust;
  private final Executor executor;

  /**
   * Calls under a trust that shows the front proxy's certificate.
   *
   * @param executor runs a task for each upgraded connection on virtual threads
   */
  public RemoteProxy(ServiceAddresses services, Trust trust, Executor executor) {
    this.services = services;
    this.trust = trust;
    this.executor = executor;
  }

  private Connection open(RemoteApi api, Duration patience) throws IOException {
    Destination destination = services.service(api.namespace(), api.service(), api.port(), null);
    return Connection.open(
        destination,
        api.insecure() ? trust.ofAnybody() : trust.of(api.bundle()),
        !api.insecure(),
        patience);
  }

  /**
   * Passes a request on, and its answer back as it comes. A connection whose protocol changes is
   * passed on both ways until one side ends it.
   *
   * @throws ApiException 503 if the server cannot be reached
   * @throws IOException if either side went after the answer had begun
   */
  void pass(ApiCall call, RemoteApi api) throws IOException {
    HttpExchange exchange = call.exchange();
    byte[] body = call.body();
    OutboundResponse response;
    Connection connection = null;
    try {
      connection = open(api, PATIENCE);
      Connection opened = connection;
      exchange.onClientGone(() -> closeQuietly(opened));
      response =
          connection.request(
              exchange.method(),
              exchange.rawTarget(),
              headers(exchange.headers(), call.user()),
              body);
      // From here on silence is legitimate: a watch of which nothing changes.
      connection.waitForever();
    } catch (IOException e) {
      if (connection != null) {
        closeQuietly(connection);
      }
      throw ApiException.unavailable("error trying to reach service: " + e.getMessage());
    }
    try (Connection opened = connection) {
      if (response.status() == 101) {
        Relay.tunnel(exchange, response, opened.output(), () -> closeQuietly(opened), executor);
      } else {
        Relay.stream(exchange, response);
      }
    }
  }

  private static void closeQuietly(Connection connection) {
    try {
      connection.close();
    } catch (IOException _) {
      // It is of no use any more, open or not.
      return;
    }
  }

  /** Reads a document as the server itself, for discovery. */
  byte[] read(RemoteApi api, String path, Duration patience) throws IOException {
    return read(api, path, patience, "").body();
  }

  /**
   * A document.
   *
   * @param body empty if it is the one whose tag was known
   * @param tag by which to ask whether it has changed; empty if it has none
   */
  record Document(byte[] body, String tag) {}

  /**
   * Reads a document unless it is known.
   *
   * @param knownTag of the document that is known; empty for none
   */
  Document read(RemoteApi api, String path, Duration patience, String knownTag) throws IOException {
    try (Connection connection = open(api, patience)) {
      Headers asked = Headers.of("Accept", "application/json", "Connection", "close");
      Headers headers =
          identity(knownTag.isEmpty() ? asked : asked.with("If-None-Match", knownTag), User.SELF);
      OutboundResponse response = connection.request("GET", path, headers, new byte[0]);
      if (response.status() == 304 && !knownTag.isEmpty()) {
        return new Document(new byte[0], knownTag);
      }
      if (response.status() != 200) {
        throw new IOException("bad status from " + path + ": " + response.status());
      }
      byte[] body = response.body().readNBytes(DOCUMENT_BYTES + 1);
      if (body.length > DOCUMENT_BYTES) {
        throw new IOException("the answer to " + path + " is too long");
      }
      return new Document(body, response.headers().firstOr("ETag", ""));
    }
  }

  private static Headers headers(Headers asked, User user) {
    boolean upgrade = asked.hasToken("Connection", "Upgrade");
    Headers[] passed = {upgrade ? Headers.EMPTY : Headers.of("Connection", "close")};
    asked.forEach((name, value) -> {
      String lower = name.toLowerCase(Locale.ROOT);
      // What a client says of itself in our name is not passed on.
      boolean ours = NOT_PASSED_ON.contains(lower) && !(upgrade && OF_AN_UPGRADE.contains(lower));
      if (!ours
          && !lower.startsWith(ASSERTED)
          && !lower.startsWith("impersonate-")
          && !lower.startsWith(":")) {
        passed[0] = passed[0].with(name, value);
      }
    });
    return identity(passed[0], user);
  }

  private static Headers identity(Headers headers, User user) {
    Headers all = headers.with("X-Remote-User", user.name());
    if (!user.uid().isEmpty()) {
      all = all.with("X-Remote-Uid", user.uid());
    }
    for (String group : user.groups()) {
      all = all.with("X-Remote-Group", group);
    }
    for (Map.Entry<String, List<String>> extra : user.extra().entrySet()) {
      String key = URLEncoder.encode(extra.getKey(), StandardCharsets.UTF_8);
      for (String value : extra.getValue()) {
        all = all.with("X-Remote-Extra-" + key, value);
      }
    }
    return all;
  }
}

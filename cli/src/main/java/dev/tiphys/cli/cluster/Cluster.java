package dev.tiphys.cli.cluster;

import dev.tiphys.api.codec.DecodeException;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Limits;
import dev.tiphys.client.ApiException;
import dev.tiphys.client.RestClient;
import dev.tiphys.client.transport.Transport.MessageStream;
import dev.tiphys.client.transport.Transport.Request;
import dev.tiphys.client.transport.Transport.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A cluster as paths and JSON trees. Every call blocks and throws {@link ApiException} when the
 * server refuses. Warnings of the server go to the user at once. Thread-safe except {@link
 * #catalog}.
 */
public final class Cluster implements AutoCloseable {

  /** Asks for rows and columns, and takes whole objects where there are none. */
  public static final String TABLE =
      "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

  private static final String JSON = "application/json";

  private final RestClient client;
  private final String server;
  private final Duration timeout;
  private final PrintStream warnings;
  private @Nullable Catalog catalog;

  /**
   * Makes a cluster.
   *
   * @param server its URL, for messages
   * @param timeout of a request that does not stream
   * @param warnings where the server's warnings go
   */
  public Cluster(RestClient client, String server, Duration timeout, PrintStream warnings) {
    this.client = client;
    this.server = server;
    this.timeout = timeout;
    this.warnings = warnings;
  }

  /** The server's URL. */
  public String server() {
    return server;
  }

  /** What resources there are; asked once. */
  public Catalog catalog() {
    if (catalog == null) {
      catalog = Discovery.ask(path -> get(path, Map.of(), Discovery.ACCEPT));
    }
    return catalog;
  }

  /** Reads. */
  public JsonTree.Obj get(String path) {
    return get(path, Map.of(), JSON);
  }

  /**
   * Reads.
   *
   * @param query parameters; empty values are left out
   * @param accept the media types wanted
   */
  public JsonTree.Obj get(String path, Map<String, String> query, String accept) {
    return exchange(request("GET", path, query, accept));
  }

  /** Reads what may not be there; null if it is not. */
  public JsonTree.@Nullable Obj find(String path) {
    try {
      return get(path);
    } catch (ApiException.NotFound e) {
      return null;
    }
  }

  /** Creates an object, or calls a subresource that takes one. */
  public JsonTree.Obj post(String path, JsonTree body, Map<String, String> query) {
    return exchange(request("POST", path, query, JSON).withBody(body.toBytes(), JSON));
  }

  /** Replaces an object. */
  public JsonTree.Obj put(String path, JsonTree body, Map<String, String> query) {
    return exchange(request("PUT", path, query, JSON).withBody(body.toBytes(), JSON));
  }

  /**
   * Changes an object.
   *
   * @param contentType says which kind of patch it is
   */
  public JsonTree.Obj patch(
      String path, String contentType, String patch, Map<String, String> query) {
    return exchange(
        request("PATCH", path, query, JSON)
            .withBody(patch.getBytes(StandardCharsets.UTF_8), contentType));
  }

  /** Deletes an object; what comes back is the object or a status. */
  public JsonTree.Obj delete(String path, JsonTree options, Map<String, String> query) {
    return exchange(request("DELETE", path, query, JSON).withBody(options.toBytes(), JSON));
  }

  /**
   * Changes an object by reading and replacing it, again if somebody else was faster.
   *
   * @param change from what is there to what shall be
   */
  public JsonTree.Obj update(
      String path, UnaryOperator<JsonTree.Obj> change, Map<String, String> query) {
    for (int tries = 1; ; tries++) {
      try {
        return put(path, change.apply(get(path)), query);
      } catch (ApiException.Conflict e) {
        if (tries >= Limits.CONFLICT_TRIES) {
          throw e;
        }
      }
    }
  }

  /** Reads a text. */
  public String text(String path) {
    try (InputStream in = stream(path, Map.of(), timeout)) {
      return new String(in.readNBytes(Limits.BODY_BYTES), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw broken(path, e);
    }
  }

  /** Opens a stream of bytes, to be closed, without a limit in time. */
  public InputStream stream(String path, Map<String, String> query) {
    return stream(path, query, null);
  }

  private InputStream stream(String path, Map<String, String> query, @Nullable Duration limit) {
    Request request =
        Request.of("GET", path)
            .withQuery(List.copyOf(present(query).entrySet()))
            .withHeader("Accept", "*/*")
            .withTimeout(limit);
    return open(request).body();
  }

  /**
   * Watches, until the server ends it.
   *
   * @param query where to begin and what to watch; {@code watch} itself is added
   */
  public Watch watch(String path, Map<String, String> query, String accept, Duration life) {
    Map<String, String> parameters = new java.util.LinkedHashMap<>(query);
    parameters.put("watch", "true");
    parameters.put("timeoutSeconds", Long.toString(Math.max(1, life.toSeconds())));
    return new Watch(
        open(request("GET", path, parameters, accept).withTimeout(life.plus(Limits.WATCH_SLACK))));
  }

  /** Opens a WebSocket. */
  public MessageStream connect(
      String path, List<Map.Entry<String, String>> query, List<String> protocols) {
    try {
      return client.transport().connect(Request.of("GET", path).withQuery(query), protocols);
    } catch (ApiException.Unavailable e) {
      throw refused(e);
    }
  }

  private Request request(String method, String path, Map<String, String> query, String accept) {
    return Request.of(method, path)
        .withQuery(List.copyOf(present(query).entrySet()))
        .withHeader("Accept", accept)
        .withTimeout(timeout);
  }

  private static Map<String, String> present(Map<String, String> query) {
    Map<String, String> present = new java.util.LinkedHashMap<>(query);
    present.values().removeIf(String::isEmpty);
    return present;
  }

  private Response open(Request request) {
    Response response;
    try {
      response = client.open(request);
    } catch (ApiException.Unavailable e) {
      throw refused(e);
    }
    response
        .header("warning")
        .map(Warnings::text)
        .ifPresent(text -> warnings.println("Warning: " + text));
    return response;
  }

  private RuntimeException refused(ApiException.Unavailable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConnectException) {
        return Failure.plain(
            "The connection to the server "
                + server.replaceFirst("^https?://", "")
                + " was refused - did you specify the right host or port?");
      }
    }
    return failure;
  }

  private JsonTree.Obj exchange(Request request) {
    try (Response response = open(request)) {
      byte[] body = response.body().readNBytes(Limits.BODY_BYTES);
      if (JsonTree.parse(body, Limits.BODY_BYTES) instanceof JsonTree.Obj object) {
        return object;
      }
      throw Failure.of(
          "the server's answer to %s %s is no object", request.method(), request.path());
    } catch (DecodeException e) {
      throw Failure.of(
          "the server's answer to %s %s is not JSON: %s",
          request.method(), request.path(), e.getMessage());
    } catch (IOException e) {
      throw broken(request.path(), e);
    }
  }

  private static ApiException broken(String path, IOException cause) {
    return ApiException.unreachable(path + ": the answer broke off: " + cause.getMessage(), cause);
  }

  @Override
  public void close() {
    client.close();
  }
}

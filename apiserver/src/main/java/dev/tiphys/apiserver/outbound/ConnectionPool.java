package dev.tiphys.apiserver.outbound;

import dev.tiphys.apiserver.http.Headers;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Short calls to others over connections that are kept and used again. A call over a kept
 * connection that the other side has closed meanwhile is made once more over a new one.
 * Thread-safe; blocks.
 */
public final class ConnectionPool implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ConnectionPool.class);

  /** A whole answer. */
  public record Answer(int status, Headers headers, byte[] body) {}

  private record Idle(Connection connection, long since) {}

  private final LongSupplier nanoTime;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Peer, Deque<Idle>> idle = new HashMap<>();
  private boolean closed;

  /**
   * A pool without connections.
   *
   * @param nanoTime tells how long a connection has been idle
   */
  public ConnectionPool(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * Asks.
   *
   * @param atMost for each wait, see {@link Connection#open}
   * @param mostBytes the longest body that is taken
   * @throws IOException if there is no answer or it is too long
   */
  public Answer ask(
      Peer peer,
      String method,
      String pathAndQuery,
      Headers headers,
      byte[] body,
      Duration atMost,
      int mostBytes)
      throws IOException {
    Connection kept = take(peer);
    if (kept != null) {
      try {
        kept.patience(atMost);
        return ask(peer, kept, method, pathAndQuery, headers, body, mostBytes);
      } catch (Connection.StaleException e) {
        log.debug("event=connection-stale url={}", peer.destination().url(), e);
      }
    }
    Connection made = Connection.open(peer.destination(), peer.tls(), peer.verifies(), atMost);
    return ask(peer, made, method, pathAndQuery, headers, body, mostBytes);
  }

  /**
   * Posts a document in JSON to where the other side's URL says, and tells it there, as {@code
   * timeout}, how long it may take.
   *
   * @param userAgent who asks
   * @param authorization credentials; null for none
   * @throws IOException if there is no answer or it is too long
   */
  Answer postJson(
      Peer peer, String userAgent, @Nullable String authorization, byte[] json, Duration atMost)
      throws IOException {
    URI uri = URI.create(peer.destination().url());
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String query = uri.getRawQuery() == null ? "" : uri.getRawQuery() + "&";
    Headers headers =
        Headers.of(
            "Accept",
            "application/json, */*",
            "Content-Type",
            "application/json",
            "User-Agent",
            userAgent);
    return ask(
        peer,
        "POST",
        path + "?" + query + "timeout=" + atMost.toSeconds() + "s",
        authorization == null ? headers : headers.with("Authorization", authorization),
        json,
        atMost,
        Limits.ANSWER_BYTES);
  }

  private Answer ask(
      Peer peer,
      Connection connection,
      String method,
      String pathAndQuery,
      Headers headers,
      byte[] body,
      int mostBytes)
      throws IOException {
    boolean usable = false;
    try {
      OutboundResponse response = connection.request(method, pathAndQuery, headers, body);
      byte[] answer;
      try (InputStream in = response.framed() ? response.body() : InputStream.nullInputStream()) {
        answer = response.framed() ? in.readNBytes(mostBytes + 1) : unframed(response, mostBytes);
      }
      if (answer.length > mostBytes) {
        throw new IOException("the answer is longer than " + mostBytes + " bytes");
      }
      usable = response.framed() && !response.headers().hasToken("Connection", "close");
      return new Answer(response.status(), response.headers(), answer);
    } finally {
      if (!usable || !keep(peer, connection)) {
        connection.close();
      }
    }
  }

  private static byte[] unframed(OutboundResponse response, int mostBytes) throws IOException {
    return response.status() == 204 || response.status() == 304
        ? new byte[0]
        : response.body().readNBytes(mostBytes + 1);
  }

  private @Nullable Connection take(Peer peer) throws IOException {
    List<Connection> old = new ArrayList<>(0);
    Connection found = null;
    lock.lock();
    try {
      Deque<Idle> known = idle.get(peer);
      while (known != null && found == null && !known.isEmpty()) {
        Idle last = known.removeLast();
        if (nanoTime.getAsLong() - last.since() < Limits.IDLE_CONNECTION.toNanos()) {
          found = last.connection();
        } else {
          old.add(last.connection());
        }
      }
      if (known != null && known.isEmpty()) {
        idle.remove(peer);
      }
    } finally {
      lock.unlock();
    }
    for (Connection connection : old) {
      connection.close();
    }
    return found;
  }

  private boolean keep(Peer peer, Connection connection) {
    lock.lock();
    try {
      if (closed || idle.size() >= Limits.KEPT_PEERS && !idle.containsKey(peer)) {
        return false;
      }
      Deque<Idle> known = idle.computeIfAbsent(peer, _ -> new ArrayDeque<>(2));
      if (known.size() >= Limits.KEPT_CONNECTIONS) {
        return false;
      }
      known.addLast(new Idle(connection, nanoTime.getAsLong()));
      return true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() throws IOException {
    List<Connection> all = new ArrayList<>();
    lock.lock();
    try {
      closed = true;
      idle.values().forEach(known -> known.forEach(one -> all.add(one.connection())));
      idle.clear();
    } finally {
      lock.unlock();
    }
    for (Connection connection : all) {
      connection.close();
    }
  }
}

package dev.tiphys.apiserver.outbound;

import dev.tiphys.apiserver.http.Headers;
import dev.tiphys.apiserver.http.HttpExchange;
import dev.tiphys.apiserver.http.ResponseStream;
import dev.tiphys.apiserver.http.Tunnel;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes the answers of others back to our clients. */
public final class Relay {

  private static final Logger log = LoggerFactory.getLogger(Relay.class);

  private static final Set<String> NOT_PASSED_BACK =
      Set.of("connection", "keep-alive", "transfer-encoding", "content-length", "trailer");

  private static final Set<Integer> WITHOUT_BODY = Set.of(204, 304);

  private Relay() {}

  /** Passes an answer back as it comes. */
  public static void stream(HttpExchange exchange, OutboundResponse response) throws IOException {
    if (exchange.method().equals("HEAD") || WITHOUT_BODY.contains(response.status())) {
      exchange.respond(response.status(), passedBack(response.headers()));
      return;
    }
    byte[] buffer = new byte[Limits.BUFFER_BYTES];
    try (ResponseStream out =
        exchange.startStream(response.status(), passedBack(response.headers()))) {
      InputStream in = response.body();
      int length = in.read(buffer);
      while (length >= 0) {
        out.write(Arrays.copyOf(buffer, length));
        if (in.available() == 0) {
          out.flush();
        }
        length = in.read(buffer);
      }
    }
  }

  /**
   * Passes the bytes of a connection that has changed its protocol both ways, until either side
   * hangs up.
   *
   * @param response with 101
   * @param toServer where the client's bytes go
   * @param end closes the connection to the server; may be called more than once
   * @param executor runs one direction on a virtual thread
   */
  public static void tunnel(
      HttpExchange exchange,
      OutboundResponse response,
      OutputStream toServer,
      Runnable end,
      Executor executor) {
    try (Tunnel tunnel = exchange.switchProtocols(passedBack(response.headers()))) {
      executor.execute(() -> {
        try {
          tunnel.input().transferTo(toServer);
        } catch (IOException e) {
          log.debug("event=client-ended-tunnel path={}", exchange.rawPath(), e);
        } finally {
          end.run();
        }
      });
      response.body().transferTo(tunnel.output());
    } catch (IOException e) {
      // Either side may hang up at any time; there is nobody left to tell.
      log.debug("event=server-ended-tunnel path={}", exchange.rawPath(), e);
    }
  }

  /** The header fields that are the answer's and not the connection's. */
  public static Headers passedBack(Headers headers) {
    Headers[] kept = {Headers.EMPTY};
    headers.forEach((name, value) -> {
      if (!NOT_PASSED_BACK.contains(name.toLowerCase(Locale.ROOT))) {
        kept[0] = kept[0].with(name, value);
      }
    });
    return kept[0];
  }
}

package dev.tiphys.apiserver.outbound;

import dev.tiphys.apiserver.http.Headers;
import dev.tiphys.apiserver.http.HttpExchange;
import dev.tiphys.apiserver.http.ResponseStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/** Passes the answers of others back to our clients. */
public final class Relay {

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

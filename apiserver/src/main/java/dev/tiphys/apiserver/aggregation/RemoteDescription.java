package dev.tiphys.apiserver.aggregation;

import dev.tiphys.api.codec.DecodeException;
import dev.tiphys.apiserver.openapi.RemoteDocument;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a server's OpenAPI v2 document says of a group version, as it was found last.
 *
 * @param document null if the server has none
 * @param tag by which to ask whether it has changed; empty if there is none
 * @param asked when it was asked for last
 */
record RemoteDescription(@Nullable RemoteDocument document, String tag, Instant asked) {

  static final RemoteDescription NONE = new RemoteDescription(null, "", Instant.EPOCH);

  private static final Logger log = LoggerFactory.getLogger(RemoteDescription.class);

  /** These documents are large, and change with releases. */
  private static final Duration PERIOD = Duration.ofSeconds(60);

  private static final String PATH = "/openapi/v2";

  /** The same, or what the server says now if it has not been asked for a while. */
  RemoteDescription refreshed(RemoteProxy proxy, RemoteApi api, Instant now, Duration patience) {
    if (asked.plus(PERIOD).isAfter(now)) {
      return this;
    }
    try {
      RemoteProxy.Document read = proxy.read(api, PATH, patience, tag);
      return new RemoteDescription(
          read.body().length == 0 ? document : RemoteDocument.of(read.body(), api.path()),
          read.tag(),
          now);
    } catch (IOException | DecodeException e) {
      log.debug("event=no-remote-openapi-v2 api={} cause=\"{}\"", api.path(), e.getMessage());
      return new RemoteDescription(document, tag, now);
    }
  }
}

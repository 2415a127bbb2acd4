package dev.tiphys.cli.cluster;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.tree.View;
import dev.tiphys.client.ApiException;
import dev.tiphys.client.transport.Statuses;
import dev.tiphys.client.transport.Transport.Response;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** A watch: events as they come. One thread reads; any may close. */
public final class Watch implements AutoCloseable {

  /**
   * What happened.
   *
   * @param type {@code ADDED}, {@code MODIFIED}, {@code DELETED} or {@code BOOKMARK}
   * @param object the object, or a table with its row if that was asked for
   */
  public record Event(String type, JsonTree.Obj object) {}

  private final Response response;
  private final BufferedReader lines;
  private volatile boolean closed;

  Watch(Response response) {
    this.response = response;
    this.lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
  }

  /**
   * Waits for an event.
   *
   * @return null when the server has ended the watch, or it was closed
   * @throws ApiException if the server says that the watch cannot go on
   */
  public @Nullable Event next() {
    try {
      String line = lines.readLine();
      if (line == null) {
        return null;
      }
      View event = new View(JsonTree.parse(line));
      if (event.at("type").text().equals("ERROR")) {
        JsonTree.Obj status = event.at("object").object();
        throw Statuses.exception(
            (int) new View(status).at("code").number(500), status.toBytes(), null);
      }
      return new Event(event.at("type").text(), event.at("object").object());
    } catch (IOException e) {
      if (closed) {
        return null;
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException("the watch was interrupted");
      }
      throw ApiException.unreachable("the watch broke: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    closed = true;
    response.close();
  }
}

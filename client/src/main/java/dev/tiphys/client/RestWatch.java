package dev.tiphys.client;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.StructType;
import dev.tiphys.client.transport.Transport.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** A watch as a stream of lines, each an event. */
final class RestWatch<T extends ApiObject> implements WatchStream<T> {

  private static final int BUFFER_BYTES = 4096;

  private final Response response;
  private final InputStream in;
  private final StructType<Wire.Envelope> eventType;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int start;
  private int end;
  private volatile boolean closed;

  RestWatch(Response response, StructType<T> objectType) {
    this.response = response;
    this.in = response.body();
    this.eventType = Wire.eventType(objectType);
  }

  @Override
  public @Nullable WatchEvent<T> next() {
    while (true) {
      byte[] line;
      try {
        line = line();
      } catch (IOException e) {
        if (closed) {
          return null;
        }
        if (Thread.currentThread().isInterrupted()) {
          throw new CancellationException("the watch was interrupted");
        }
        throw ApiException.unreachable("the watch broke: " + e.getMessage(), e);
      }
      if (line == null) {
        return null;
      }
      WatchEvent<T> event = line.length == 0 ? null : Wire.event(line, eventType);
      if (event != null) {
        return event;
      }
    }
  }

  /** Reads to the next line feed; null at the end. A line cut short by the end is no event. */
  private byte @Nullable [] line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(BUFFER_BYTES);
    while (true) {
      for (int i = start; i < end; i++) {
        if (buffer[i] == '\n') {
          line.write(buffer, start, i - start);
          start = i + 1;
          return line.toByteArray();
        }
      }
      line.write(buffer, start, end - start);
      if (line.size() > Limits.BODY_BYTES) {
        throw new IOException("an event is longer than " + Limits.BODY_BYTES + " bytes");
      }
      start = 0;
      end = in.read(buffer);
      if (end < 0) {
        end = 0;
        return null;
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    response.close();
  }
}

package dev.tiphys.apiserver.audit;

import dev.tiphys.api.audit.v1.Event;
import dev.tiphys.api.codec.JsonCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes events to the log, a line each. Thread-safe. */
public final class LogSink implements AuditSink {

  private static final Logger log = LoggerFactory.getLogger(LogSink.class);

  private final AuditLog file;
  private final boolean legacy;

  /**
   * Writes.
   *
   * @param legacy in the words of before there was JSON
   */
  public LogSink(AuditLog file, boolean legacy) {
    this.file = file;
    this.legacy = legacy;
  }

  @Override
  public String name() {
    return "log";
  }

  @Override
  public void take(List<Event> events) throws SinkException {
    int lost = 0;
    for (Event event : events) {
      String line = legacy ? LegacyLines.of(event) : JsonCodec.encodeToString(event);
      if (!file.write(line.concat("\n").getBytes(StandardCharsets.UTF_8))) {
        lost++;
      }
    }
    if (lost > 0) {
      throw new SinkException(name(), lost, "the log cannot be written");
    }
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      log.error("event=audit-log-failed message=\"{}\"", e.getMessage());
    }
  }
}

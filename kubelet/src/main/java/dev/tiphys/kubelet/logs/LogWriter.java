package dev.tiphys.kubelet.logs;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Writes entries as the options want them, up to the limit. For one thread. */
final class LogWriter {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final LogOptions options;
  private final OutputStream out;
  private long remaining;
  private boolean atLineStart = true;

  LogWriter(LogOptions options, OutputStream out) {
    this.options = options;
    this.out = out;
    Long limit = options.limitBytes();
    this.remaining = limit == null ? Long.MAX_VALUE : limit;
  }

  /** Writes the entry if it is wanted. */
  void write(LogLine line) throws IOException {
    if (!options.stream().includes(line.stream())
        || (options.since() != null && line.time().isBefore(options.since()))) {
      return;
    }
    if (options.timestamps() && atLineStart) {
      byte[] time = (TIME.format(line.time()) + " ").getBytes(StandardCharsets.US_ASCII);
      write(time, 0, time.length);
    }
    write(line.buffer(), line.textStart(), line.textEnd() - line.textStart());
    if (!line.partial()) {
      write(new byte[] {'\n'}, 0, 1);
    }
    atLineStart = !line.partial();
  }

  /** Whether nothing more will be written. */
  boolean isFull() {
    return remaining == 0;
  }

  private void write(byte[] bytes, int offset, int length) throws IOException {
    int allowed = (int) Math.min(length, remaining);
    out.write(bytes, offset, allowed);
    remaining -= allowed;
  }
}

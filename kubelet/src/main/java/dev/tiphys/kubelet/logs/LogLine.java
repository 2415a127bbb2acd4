package dev.tiphys.kubelet.logs;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/**
 * One entry of a container's log in the CRI's format: {@code TIME STREAM TAGS TEXT\n}, where the
 * first of the colon-separated tags is F, or P if the container's line goes on in the next entry.
 *
 * @param time when the runtime read it
 * @param stream which of the container's streams it came from
 * @param partial whether the container's line goes on in the next entry of the same stream
 * @param buffer where the text is; belongs to the reader, and is good until it reads on
 * @param textStart first byte of the text in {@code buffer}
 * @param textEnd one past the last byte of the text, without the line feed
 */
record LogLine(
    Instant time, Stream stream, boolean partial, byte[] buffer, int textStart, int textEnd) {
  /** Time, stream and tags of any entry fit in so many bytes. */
  static final int LONGEST_PREFIX = 128;

  /** The streams that are logged. */
  enum Stream {
    STDOUT,
    STDERR
  }

  /** The entry in {@code buffer[start, end)}, line feed excluded; empty if it is not one. */
  static Optional<LogLine> parse(byte[] buffer, int start, int end) {
    int afterTime = indexOf(buffer, start, end, ' ');
    int afterStream = afterTime < 0 ? -1 : indexOf(buffer, afterTime + 1, end, ' ');
    if (afterStream < 0) {
      return Optional.empty();
    }
    int afterTags = indexOf(buffer, afterStream + 1, end, ' ');
    int textStart = afterTags < 0 ? end : afterTags + 1;
    char tag = afterStream + 1 < end ? (char) buffer[afterStream + 1] : ' ';
    String stream = ascii(buffer, afterTime + 1, afterStream);
    if ((tag != 'P' && tag != 'F') || (!stream.equals("stdout") && !stream.equals("stderr"))) {
      return Optional.empty();
    }
    try {
      Instant time = OffsetDateTime.parse(ascii(buffer, start, afterTime)).toInstant();
      return Optional.of(
          new LogLine(
              time,
              stream.equals("stdout") ? Stream.STDOUT : Stream.STDERR,
              tag == 'P',
              buffer,
              textStart,
              end));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** Whether the entry that begins at {@code start} ends a line of the container's. */
  static boolean endsLine(byte[] buffer, int start, int end) {
    return parse(buffer, start, end).map(line -> !line.partial()).orElse(true);
  }

  private static int indexOf(byte[] buffer, int from, int to, char wanted) {
    for (int i = from; i < to; i++) {
      if (buffer[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  private static String ascii(byte[] buffer, int start, int end) {
    return new String(buffer, start, end - start, StandardCharsets.US_ASCII);
  }
}

package dev.tiphys.kubelet.logs;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What part of a log is wanted, and how it is shown.
 *
 * @param follow go on until the container ends
 * @param tailLines only so many of the container's last lines; null for all
 * @param since only what was written at this instant or later; null for all
 * @param timestamps begin each line with its time in RFC 3339, with nine decimals
 * @param limitBytes stop after so many bytes; null for no limit
 * @param stream which streams
 */
public record LogOptions(
    boolean follow,
    @Nullable Long tailLines,
    @Nullable Instant since,
    boolean timestamps,
    @Nullable Long limitBytes,
    Streams stream) {

  /** All that is there. */
  public static final LogOptions WHOLE =
      new LogOptions(false, null, null, false, null, Streams.ALL);

  /** Which of a container's streams to show. */
  public enum Streams {
    /** Both, as they were written. */
    ALL,
    /** Standard output only. */
    STDOUT,
    /** Standard error only. */
    STDERR;

    boolean includes(LogLine.Stream stream) {
      return this == ALL || name().equals(stream.name());
    }
  }

  /** The same, going on until the container ends or not. */
  public LogOptions withFollow(boolean wanted) {
    return new LogOptions(wanted, tailLines, since, timestamps, limitBytes, stream);
  }
}

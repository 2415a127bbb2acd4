package dev.tiphys.kubelet.logs;

/**
 * How much of a container's log is kept.
 *
 * @param maxBytes a log larger than that is rotated; {@code containerLogMaxSize}
 * @param maxFiles how many are kept, the current one included, two at least; {@code
 *     containerLogMaxFiles}
 */
public record LogQuota(long maxBytes, int maxFiles) {
  /** The documented defaults. */
  public static final LogQuota DEFAULT = new LogQuota(10L << 20, 5);

  /** Throws IllegalArgumentException, with a message for the operator, if it cannot be kept. */
  public LogQuota {
    if (maxBytes <= 0) {
      throw new IllegalArgumentException("containerLogMaxSize must be positive, not " + maxBytes);
    }
    if (maxFiles < 2) {
      throw new IllegalArgumentException(
          "containerLogMaxFiles must be more than 1, not " + maxFiles);
    }
  }
}

package dev.tiphys.apiserver.http;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A response body under way. For one thread. Closing it ends the body; when its exchange's handler
 * returns it is closed as well.
 */
public interface ResponseStream extends AutoCloseable {

  /**
   * Adds bytes, uncopied; they travel at the latest with the next {@link #flush}. Blocks while the
   * client is behind.
   *
   * @throws ClientGoneException if the client is gone or took nothing for {@link
   *     Limits#WRITE_STALL_TIMEOUT}
   */
  void write(List<byte[]> segments) throws IOException;

  /** Adds bytes, as {@link #write(List)}. */
  default void write(byte[] segment) throws IOException {
    write(List.of(segment));
  }

  /** Sends what was written. Does not wait until it is sent. */
  void flush() throws IOException;

  /**
   * Another way into it, for what is sent to many at once; null if it has none. Whoever uses it
   * does not write at the same time, and has flushed before.
   */
  default @Nullable Outlet outlet() {
    return null;
  }

  /** Ends the body in order; does nothing the second time. */
  @Override
  void close() throws IOException;
}

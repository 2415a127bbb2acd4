package dev.tiphys.store.gateway;

import java.util.Map;

/**
 * Where the answer to one request goes: either {@link #whole}, or {@link #begin}, parts and {@link
 * #end}; or {@link #abandon} instead of what is missing. None of it waits, and what is sent after
 * the client has left is dropped. For one thread at a time, whichever it is.
 */
public interface JsonAnswer {
  /** Sends all of it. */
  void whole(int status, Map<String, String> headers, byte[] body);

  /** Sends the head of an answer whose length is not known yet. */
  void begin(int status, Map<String, String> headers);

  /** Sends more of the body, at once; the bytes must not change any more. */
  void part(byte[] bytes);

  /** Ends what was begun. */
  void end();

  /** Gives up: the client sees the connection closed. */
  void abandon();

  /** False while the client takes less than it is sent. */
  boolean isWritable();
}

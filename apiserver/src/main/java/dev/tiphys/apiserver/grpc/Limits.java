package dev.tiphys.apiserver.grpc;

import java.time.Duration;

/** Every bound of calls to the store, with its reason. */
final class Limits {

  /** Until a server that takes connections has said its settings. */
  static final Duration CONNECT = Duration.ofSeconds(5);

  /** Between rounds over all servers, growing from the first to the last. */
  static final Duration RETRY_FIRST = Duration.ofMillis(50);

  /** See {@link #RETRY_FIRST}. */
  static final Duration RETRY_LAST = Duration.ofSeconds(2);

  /** How often deadlines and silence are looked for: calls end so much late at most. */
  static final Duration SWEEP = Duration.ofSeconds(1);

  /** The connection is probed after so much silence; gRPC servers take offence at more. */
  static final Duration KEEPALIVE = Duration.ofSeconds(30);

  /**
   * Silence on a connection on which calls wait for answers, after which the server is asked
   * whether it is there at all; and for so long that answer is awaited when there are other
   * servers. A server that is at work answers it whatever it is waiting for itself.
   */
  static final Duration PROBE = Duration.ofSeconds(2);

  /** Between two such questions: gRPC servers, etcd among them, take offence at one in five. */
  static final Duration PROBE_AGAIN = Duration.ofSeconds(6);

  /** What a server may send ahead on one stream: more than a page of objects mostly is. */
  static final int STREAM_WINDOW_BYTES = 4 * 1024 * 1024;

  /** What a server may send ahead on the connection. */
  static final int CONNECTION_WINDOW_BYTES = 16 * 1024 * 1024;

  /** All header fields of an answer: errors travel in them. */
  static final int HEADER_BYTES = 64 * 1024;

  /** The largest message: a thousand objects of 1.5 MiB, etcd's largest value, is not. */
  static final int MESSAGE_BYTES = 256 * 1024 * 1024;

  /** Messages of a stream that wait to be taken before the server is held back. */
  static final int STREAM_QUEUE = 1024;

  /** Calls that wait for a connection: all handlers of a server whose store is away. */
  static final int WAITING = 10_000;

  private Limits() {}
}

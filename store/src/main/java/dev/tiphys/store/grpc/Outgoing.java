package dev.tiphys.store.grpc;

/** One side of a stream that sends messages. For the connection's event loop. */
interface Outgoing {
  /** The stream's number. */
  int stream();

  /** What of it has not gone out yet. */
  Outbox outbox();

  /** So many bytes of messages have gone out. */
  void left(int bytes);
}

package dev.tiphys.store.grpc;

import io.netty.channel.WriteBufferWaterMark;
import java.time.Duration;

/** Every bound on a connection that no flag sets, with its reason. */
final class Bounds {
  /** The least that HTTP/2 lets everybody send as one frame; nobody is asked for more. */
  static final int FRAME_BYTES = 16 << 10;

  /** What HTTP/2 lets anybody send on a stream or connection before anything is said. */
  static final int FIRST_WINDOW_BYTES = 65_535;

  /** What a client may send ahead on one stream. */
  static final int STREAM_WINDOW_BYTES = 1 << 20;

  /** What a client may send ahead on all of its streams. */
  static final int CONNECTION_WINDOW_BYTES = 4 << 20;

  /** Most fields of an answer; others make their buffer grow. */
  static final int FIELDS_BYTES = 256;

  /** All fields of a call, decoded; tokens travel in them. */
  static final int HEADER_BYTES = 64 << 10;

  /**
   * What is not yet sent of a stream before its sender is told to wait, as gRPC for Java has it.
   */
  static final int READY_BYTES = 32 << 10;

  /** Bytes waiting in the socket's queue above which streams wait, and below which they go on. */
  static final WriteBufferWaterMark SOCKET = new WriteBufferWaterMark(64 << 10, 256 << 10);

  /** Pings too soon after each other before a client is sent away, as gRPC has it. */
  static final int PING_STRIKES = 2;

  /** Answers to pings and settings that a client may leave unread. */
  static final int UNREAD_ACKS = 1000;

  /** Calls that a client may begin and give up at once, between two that it lets end. */
  static final int RESETS = 10_000;

  /** For a connection to another member. */
  static final Duration CONNECT = Duration.ofSeconds(2);

  /** Answers of any kind that a client may leave unread before no more of it is read. */
  static final int UNREAD_ANSWERS = 1000;

  /** For a client to hear why it is left, before it is. */
  static final Duration LAST_WORD = Duration.ofSeconds(1);

  /** What is set aside for a message that is announced; one that comes gets all that it takes. */
  static final int AHEAD_BYTES = 64 << 10;

  private Bounds() {}
}

package dev.tiphys.apiserver.http;

import io.netty.channel.WriteBufferWaterMark;
import java.time.Duration;

/** Every bound of the HTTP server, with its reason. */
public final class Limits {

  /** A request body of create, update and patch: upstream's limit, twice what etcd takes. */
  public static final int REQUEST_BODY_BYTES = 3 * 1024 * 1024;

  /** Compression costs more than it saves below; upstream's threshold. */
  public static final int GZIP_THRESHOLD_BYTES = 128 * 1024;

  /** All header fields of a request together: Go's default, which upstream keeps. */
  static final int HEADER_BYTES = 1024 * 1024;

  /** The request line: selectors make long ones. */
  static final int REQUEST_LINE_BYTES = 64 * 1024;

  /** Requests at once on one HTTP/2 connection: upstream's default. */
  static final int HTTP2_CONCURRENT_STREAMS = 250;

  /** Handlers still at work on one HTTP/2 connection, those of streams that were reset included. */
  static final int HTTP2_RUNNING_HANDLERS = 1000;

  /** Resets a client may send in {@link #HTTP2_RESET_WINDOW}: more is an attack, not impatience. */
  static final int HTTP2_RESETS = 2000;

  /** See {@link #HTTP2_RESETS}. */
  static final Duration HTTP2_RESET_WINDOW = Duration.ofSeconds(10);

  /** What a client may send ahead on one HTTP/2 stream before its handler reads it. */
  static final int HTTP2_STREAM_WINDOW_BYTES = 256 * 1024;

  /** What a client may send ahead on a whole HTTP/2 connection. */
  static final int HTTP2_CONNECTION_WINDOW_BYTES = 4 * 1024 * 1024;

  /** A handler is started when so much of the body is there, if it has not ended before. */
  static final int BODY_BEFORE_HANDLER_BYTES = 64 * 1024;

  /** Body bytes held for a handler of HTTP/1.1 before the socket is no longer read. */
  static final int BODY_QUEUE_BYTES = 256 * 1024;

  /**
   * Response bytes handed to the event loop and not yet sent, before the handler's thread waits.
   */
  static final int OUTBOUND_BYTES = 512 * 1024;

  /**
   * Bytes of a connection that wait for its socket before HTTP/2 holds its streams back: well above
   * a TLS record, or each record would be held back and let go again.
   */
  static final WriteBufferWaterMark UNSENT = new WriteBufferWaterMark(128 * 1024, 256 * 1024);

  /** WebSocket messages: client-go writes at most 32 KiB, browsers may send more. */
  static final int WEBSOCKET_MESSAGE_BYTES = 4 * 1024 * 1024;

  /** How often an idle WebSocket is pinged, as upstream does, to notice clients that vanished. */
  static final Duration WEBSOCKET_PING_INTERVAL = Duration.ofSeconds(10);

  /** From accept to the end of the TLS handshake. */
  static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);

  /** From the handshake to the whole head of the first request; upstream's ReadHeaderTimeout. */
  static final Duration FIRST_HEAD_TIMEOUT = Duration.ofSeconds(32);

  /** Between two pieces of a body that a handler waits for. */
  static final Duration BODY_STALL_TIMEOUT = Duration.ofSeconds(30);

  /** From a request's head to the end of its body: upstream's time for a whole request. */
  static final Duration BODY_TIMEOUT = Duration.ofSeconds(60);

  /** How long a client may take nothing while we have something for it. */
  static final Duration WRITE_STALL_TIMEOUT = Duration.ofSeconds(60);

  /** From one request's end to the whole head of the next; upstream's IdleTimeout. */
  static final Duration IDLE_TIMEOUT = Duration.ofSeconds(90);

  /** HTTP/2 connections are pinged when nothing came for so long, and ended if no answer comes. */
  static final Duration HTTP2_PING_INTERVAL = Duration.ofSeconds(30);

  /** Requests under way may finish for so long when the server stops. */
  static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(10);

  /** Connections waiting to be accepted: the kernel's own bound (somaxconn) applies as well. */
  static final int ACCEPT_BACKLOG = 4096;

  /** A silent connection is probed by the kernel after this, as upstream does. */
  static final Duration TCP_KEEPALIVE = Duration.ofMinutes(3);

  /** How often connections are looked at for the timeouts above. */
  static final Duration SWEEP_INTERVAL = Duration.ofSeconds(15);

  /** Threads of the event loops: they only move bytes and do TLS; handlers have their own. */
  static final int EVENT_LOOPS = 2;

  private Limits() {}
}

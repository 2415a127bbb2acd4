package dev.tiphys.client;

import java.time.Duration;

/** The bounds within which the client works, each with its reason. */
public final class Limits {

  private Limits() {}

  /** Objects a list request asks for at a time: what upstream's clients use, about a megabyte. */
  public static final int PAGE = 500;

  /** How long to wait for a TCP and TLS connection. */
  public static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /** How long a request other than a watch or stream may take: the server gives up after 60 s. */
  public static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(65);

  /** The shortest life of an informer's watch; the longest is twice that, so they spread out. */
  public static final Duration WATCH_TIMEOUT = Duration.ofMinutes(5);

  /** How much longer than its timeout a watch may be silent before it counts as dead. */
  public static final Duration WATCH_SLACK = Duration.ofSeconds(30);

  /** How often a request that the server was too busy for is tried again. */
  public static final int BUSY_RETRIES = 5;

  /** The longest pause that a server's Retry-After is believed. */
  public static final Duration RETRY_AFTER_MOST = Duration.ofSeconds(60);

  /** The largest body that is read as one object or list: a list of many thousand pods. */
  public static final int BODY_BYTES = 512 << 20;

  /** How much of an error's body is read. */
  public static final int ERROR_BYTES = 1 << 20;

  /**
   * Events waiting to be sent; beyond it new ones are dropped, for they must not slow their cause.
   */
  public static final int EVENTS_WAITING = 1000;

  /** Event series that are remembered, as upstream. */
  public static final int EVENT_SERIES = 4096;

  /** The most bytes of a WebSocket message sent at once. */
  public static final int FRAME_BYTES = 32 << 10;
}

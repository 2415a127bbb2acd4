package dev.tiphys.cli;

import java.time.Duration;

/** The bounds within which the command line works, each with its reason. */
public final class Limits {

  private Limits() {}

  /** Objects that one page of a list holds, as kubectl's --chunk-size. */
  public static final int PAGE = 500;

  /** The largest answer read as one document: a list of many thousand objects. */
  public static final int BODY_BYTES = 512 << 20;

  /** The largest file that describes objects. */
  public static final int FILE_BYTES = 64 << 20;

  /** How long one watch may live before it is begun anew; servers end them sooner or later. */
  public static final Duration WATCH = Duration.ofMinutes(30);

  /** How much longer than it was told a watch may be silent before it counts as dead. */
  public static final Duration WATCH_SLACK = Duration.ofSeconds(30);

  /** Pause before a watch that ended is begun anew. */
  public static final Duration WATCH_PAUSE = Duration.ofMillis(500);

  /** Tries to change an object that others change at the same time. */
  public static final int CONFLICT_TRIES = 5;

  /** How often an evicted pod is looked at, and a refused eviction tried again. */
  public static final Duration EVICTION_PAUSE = Duration.ofSeconds(5);

  /** How often an object that goes is looked at while nobody can watch it. */
  public static final Duration POLL = Duration.ofSeconds(1);

  /** Bytes carried at once between a terminal and a container. */
  public static final int STREAM_BYTES = 16 << 10;

  /** Connections that a forwarded port serves at the same time. */
  public static final int FORWARDED_CONNECTIONS = 128;
}

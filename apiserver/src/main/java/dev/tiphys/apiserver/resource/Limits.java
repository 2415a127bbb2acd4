package dev.tiphys.apiserver.resource;

import java.time.Duration;

/** Bounds of the verbs, with their reasons. */
public final class Limits {

  /** Characters that {@code generateName} gets, as upstream: 27 letters make 14 million names. */
  static final int GENERATED_SUFFIX = 5;

  /** How often a generated name is drawn again when it is taken, as upstream. */
  static final int GENERATED_NAME_ATTEMPTS = 8;

  /** A generated name is cut to leave room for its suffix in a DNS label. */
  static final int GENERATED_NAME_LENGTH = 63;

  /** All annotations of an object together, in bytes: upstream's limit. */
  static final int ANNOTATION_BYTES = 256 * 1024;

  /**
   * A watch ends after this time, or up to twice it, so that clients spread over the servers:
   * upstream's {@code --min-request-timeout}.
   */
  static final Duration MIN_WATCH = Duration.ofMinutes(30);

  /** How long a watch waits for events before it looks whether its time is over. */
  static final Duration WATCH_POLL = Duration.ofSeconds(10);

  /** What is waited longer for a bookmark that is due then: clocks and timers differ a little. */
  static final Duration BOOKMARK_SLACK = Duration.ofMillis(5);

  /** Watches served together before events are gathered: below, nobody waits at all. */
  static final int PACE_WATCHERS = 50;

  /** How much longer each watch served makes all of them gather: about what it costs to serve. */
  static final Duration PACE_EACH = Duration.ofNanos(25_000);

  /** The longest that an event is held back for others to join it. */
  static final Duration PACE_MOST = Duration.ofMillis(25);

  /** How long the client of a watch may take nothing while there is something for it. */
  static final Duration WATCH_STALL = Duration.ofSeconds(60);

  /** Objects that deletecollection deletes at once. */
  static final int DELETE_COLLECTION_WORKERS = 8;

  /** Operations of a JSON patch: upstream's limit. */
  static final int JSON_PATCH_OPERATIONS = 10_000;

  private Limits() {}
}

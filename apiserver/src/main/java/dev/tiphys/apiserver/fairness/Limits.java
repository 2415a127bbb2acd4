package dev.tiphys.apiserver.fairness;

import java.time.Duration;

/** Every bound of flow control, with its reason. */
final class Limits {

  /**
   * Most queues a level gets, whatever its configuration says: each costs memory when empty too.
   */
  static final int QUEUES = 4096;

  /**
   * What a request is taken to cost its queue until it is known: a usual request's milliseconds.
   */
  static final Duration EXPECTED_SERVICE = Duration.ofMillis(3);

  /** Between attempts to write what schemas lack into their status. */
  static final Duration STATUS_PAUSE = Duration.ofSeconds(1);

  /** Between divisions of the seats that levels lend each other, as upstream has it. */
  static final Duration DIVISION = Duration.ofSeconds(10);

  /** How much of what a level wanted before counts for the next division, as upstream has it. */
  static final double SMOOTHING = 0.977;

  /** Of a level's seats, what one request may take at most, as upstream has it. */
  static final double WIDEST = 0.15;

  /** The most seats that a list takes, as upstream has it. */
  static final int WIDEST_LIST = 100;

  /** Bytes of a list that come to a seat, as upstream has it. */
  static final double BYTES_A_SEAT = 100_000;

  /** What any list comes to at most: longer ones are sent in pieces, and wait between them. */
  static final double HEAVIEST_LIST = 1_000_000;

  /** How many objects are looked at to know how large objects of a resource are. */
  static final int SAMPLE = 16;

  /** How long that is believed. */
  static final Duration SIZE_AGE = Duration.ofMinutes(1);

  /** Of how many resources it is known: more than any cluster serves. */
  static final int SIZES = 4096;

  private Limits() {}
}

package dev.tiphys.store;

import java.time.Duration;

/** Every bound of this module that no flag sets, with its reason. */
final class Limits {
  /** Longest wait for a command or a fresh read: etcd's five seconds and two elections. */
  static final Duration REQUEST = Duration.ofSeconds(7);

  /** gRPC's bound on a message is the request's and this much for its frame, as etcd has it. */
  static final int REQUEST_OVERHEAD_BYTES = 512 << 10;

  /**
   * The largest that --max-request-bytes may be: members take messages of 64 MiB from each other.
   */
  static final int MAX_REQUEST_BYTES = 60 << 20;

  /**
   * How often leases are looked at: the most that one may outlive its time, besides the revocation
   * itself.
   */
  static final Duration LEASE_SCAN = Duration.ofMillis(200);

  /** How often the housekeeper looks for work. */
  static final Duration HOUSEKEEPING = Duration.ofMillis(500);

  /** How long the log may stay unsynced; the Raft log keeps everything meanwhile. */
  static final Duration CHECKPOINT = Duration.ofSeconds(5);

  /** Room kept back on the disk unless the flag says otherwise: two segments. */
  static final long RESERVE_BYTES = 32 << 20;

  /** The disk is short when less than this part of the reserve is free besides it. */
  static final int SHORT_PART = 4;

  /** Less than this, and a disk that refuses to be written is full, whatever its words are. */
  static final long NO_ROOM_BYTES = 64 << 10;

  /** How often what found no room looks again. */
  static final Duration ROOM_RETRY = Duration.ofMillis(100);

  /** How long the space of what is compacted may wait after the disk was too full to rewrite it. */
  static final Duration CLEANING_PAUSE = Duration.ofSeconds(5);

  /** Raft entries after which a checkpoint is made at once, so that the Raft log stays short. */
  static final long CHECKPOINT_ENTRIES = 2000;

  /** How long open calls get to end in order. Writes take milliseconds; watches would never end. */
  static final Duration SHUTDOWN = Duration.ofMillis(500);

  /** Streams on one connection, so that one client cannot hold all memory. */
  static final int STREAMS_PER_CONNECTION = 4096;

  /**
   * How long a connection to a client URL may take to say what it speaks; and, where that is
   * HTTP/1, from there to the end of each answer, waiting for the next request included. However
   * slowly somebody sends or reads, it is closed then.
   */
  static final Duration HTTP_TURN = Duration.ofSeconds(10);

  /**
   * How long the body of a request may take to come, and the end of a call's answer to be taken:
   * the largest, over a slow network.
   */
  static final Duration HTTP_TRANSFER = Duration.ofSeconds(30);

  /** How long what is left of a body that nobody wants is read past, so its sender reads why. */
  static final Duration HTTP_LINGER = Duration.ofSeconds(2);

  /** Connections that speak HTTP/1 at the client URLs: probes, scrapers, and who has no gRPC. */
  static final int HTTP_CONNECTIONS = 1024;

  /** Calls as JSON at a time, watches among them; what is left of the connections is for probes. */
  static final int GATEWAY_CALLS = 896;

  /** All bodies together that are being read, or a single one, whatever its length. */
  static final int HTTP_BODIES_BYTES = 64 << 20;

  /** The longest request line, and all headers, of HTTP/1. */
  static final int HTTP_LINE_BYTES = 4096;

  static final int HTTP_HEADER_BYTES = 16 << 10;

  /** How often, how long and how far apart a new member asks the others who it is: 30 s in all. */
  static final int INTRODUCTIONS = 60;

  static final Duration INTRODUCTION = Duration.ofSeconds(1);
  static final Duration INTRODUCTION_PAUSE = Duration.ofMillis(500);

  /** The longest that another member may take to sum up its state: its whole log is read. */
  static final Duration STATE_SUM = Duration.ofMinutes(10);

  /** How long a leader waits until it has applied what one that it compares itself with has. */
  static final Duration SAME_ENTRY = Duration.ofSeconds(5);

  /** How often the membership is looked at, and commands that wait too long are given up. */
  static final Duration MEMBERSHIP = Duration.ofMillis(300);

  private Limits() {}
}

package dev.tiphys.kubeproxy;

import java.time.Duration;

/** The bounds of everything in this module that could grow or wait. */
public final class Limits {

  /**
   * How long one run of an iptables program may take; 10,000 services load in under ten seconds.
   */
  public static final Duration PROGRAM_TIMEOUT = Duration.ofSeconds(60);

  /**
   * How long to wait after iptables failed: long enough for another program to let go of its lock.
   */
  static final Duration RETRY = Duration.ofSeconds(2);

  private Limits() {}
}

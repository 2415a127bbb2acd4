package dev.tiphys.kubelet.pod;

import java.time.Duration;

/** The bounds of everything in this package that could grow or wait. */
final class Limits {

  /** Pods looked at at the same time; a node has a few hundred pods at the most. */
  static final int WORKERS = 32;

  /** How long a post-start hook may run: upstream sets no bound, but nothing may wait for ever. */
  static final Duration HOOK_TIMEOUT = Duration.ofMinutes(10);

  /** The time that a process has to end after its hook used up the grace period. */
  static final Duration LEAST_GRACE = Duration.ofSeconds(2);

  /** How long to wait before what failed is tried again, the first time. */
  static final Duration RETRY = Duration.ofSeconds(2);

  /** How often that time doubles: to 16 s, near upstream's pause of about ten. */
  static final int RETRY_DOUBLINGS = 3;

  /** How often a running pod is looked at though nothing changed: volumes are refreshed then. */
  static final Duration RESYNC = Duration.ofSeconds(60);

  /** How often the runtime is asked what runs. */
  static final Duration POLL = Duration.ofSeconds(1);

  private Limits() {}
}

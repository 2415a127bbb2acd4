package dev.tiphys.controllermanager;

import java.time.Duration;

/** The bounds within which the control loops work, each with its reason. */
public final class Limits {

  private Limits() {}

  /** Pods that one ReplicaSet creates or deletes in one round; upstream's bound. */
  public static final int REPLICA_BURST = 500;

  /** Endpoints in a slice, as upstream's default for {@code --max-endpoints-per-slice}. */
  public static final int SLICE_ENDPOINTS = 100;

  /** Addresses in an Endpoints object; the rest is cut off and the object says so. */
  public static final int ENDPOINTS_ADDRESSES = 1000;

  /** When to look again at a cache that does not show our own writes yet. */
  public static final Duration WRITE_UNSEEN = Duration.ofSeconds(1);

  /** When to look again at a namespace whose content is still going. */
  public static final Duration NAMESPACE_RETRY = Duration.ofSeconds(1);

  /**
   * How long a deleted range of service addresses stays, for servers to hear of it; as upstream.
   */
  public static final Duration RANGE_QUARANTINE = Duration.ofSeconds(10);

  /** How often what should not be there is swept up. */
  public static final Duration POD_SWEEP = Duration.ofSeconds(20);

  /** How long a node may be missing before its pods are swept up. */
  public static final Duration NODE_QUARANTINE = Duration.ofSeconds(40);

  /** Pods that are marked for eviction from unreachable nodes: nodes a second, as upstream. */
  public static final double NODE_EVICTIONS_PER_SECOND = 0.1;

  /** How long after its start the garbage collector begins: first, pods that are waited for run. */
  public static final Duration GARBAGE_AFTER = Duration.ofSeconds(5);

  /** How often the garbage collector asks which resources there are. */
  public static final Duration DISCOVERY = Duration.ofSeconds(30);

  /** How soon it looks whether a cache is filled, to begin with the next. */
  public static final Duration MONITOR_LOOK = Duration.ofMillis(100);

  /** How often it looks before it begins with the next all the same. */
  public static final int MONITOR_LOOKS = 10;

  /** How often it asks until it has been told once. */
  public static final Duration DISCOVERY_AT_FIRST = Duration.ofSeconds(1);

  /** How long the garbage collector waits for caches of resources that cannot be listed. */
  public static final Duration GARBAGE_SYNC = Duration.ofSeconds(30);

  /** How often what is used of quotas is counted though nothing seems to have changed. */
  public static final Duration QUOTA_RESYNC = Duration.ofMinutes(5);

  /** How soon it is counted again where a quota bounds a resource that is not known yet. */
  public static final Duration QUOTA_RETRY = Duration.ofSeconds(5);

  /** Owners that were looked for in vain, remembered. */
  public static final int ABSENT_OWNERS = 500;
}

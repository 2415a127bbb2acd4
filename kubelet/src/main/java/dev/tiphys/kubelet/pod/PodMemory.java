package dev.tiphys.kubelet.pod;

import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.kubelet.volume.MountedVolume;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What this process remembers of a pod and could not learn anew: its last known spec, why its
 * containers wait, and what is being done for it right now. A restarted kubelet begins with none of
 * it and comes to the same end. Thread-safe; it owns its lock.
 */
final class PodMemory {

  private final Map<String, Waiting> waits = new HashMap<>();
  private final Set<String> underWay = new HashSet<>();
  private final Map<String, Setback> setbacks = new HashMap<>();
  private @Nullable Pod lastKnown;
  private @Nullable Waiting failure;
  private @Nullable Map<String, MountedVolume> volumes;
  private Instant volumesAsOf = Instant.MIN;
  private boolean ending;
  private long ended;

  /** Work that failed so many times in a row, and until when it rests. */
  private record Setback(int times, Instant until) {}

  synchronized void saw(Pod pod) {
    lastKnown = pod;
  }

  synchronized @Nullable Pod lastKnown() {
    return lastKnown;
  }

  synchronized void waits(String container, Waiting why) {
    waits.put(container, why);
  }

  synchronized void noLongerWaits(String container) {
    waits.remove(container);
  }

  synchronized Map<String, Waiting> waits() {
    return Map.copyOf(waits);
  }

  /** Why the pod as a whole must fail, or null. */
  synchronized @Nullable Waiting failure() {
    return failure;
  }

  synchronized void fail(Waiting why) {
    failure = failure == null ? why : failure;
  }

  /** From now on nothing of the pod may be started any more. */
  synchronized void end() {
    ending = true;
  }

  /** Whether nothing may be started any more. */
  synchronized boolean isEnding() {
    return ending;
  }

  /** The pod's volumes by name, or null as long as this process has not made them. */
  synchronized @Nullable Map<String, MountedVolume> volumes() {
    return volumes;
  }

  synchronized void mounted(Map<String, MountedVolume> made, Instant now) {
    volumes = Map.copyOf(made);
    volumesAsOf = now;
  }

  /** Whether volumes must be made, or what is in them may be too old. */
  synchronized boolean wantsVolumes(Instant now) {
    return volumes == null || !now.isBefore(volumesAsOf.plus(Limits.RESYNC));
  }

  /** How many pieces of work have ended. */
  synchronized long ended() {
    return ended;
  }

  /**
   * Claims a piece of work by name.
   *
   * @param asOf what {@link #ended} said before it was looked what there is. Work that ended since
   *     may have done what now seems to be missing.
   * @return false if work ended since, or this is under way already, or failed just now
   */
  synchronized boolean begin(String work, long asOf, Instant now) {
    Setback setback = setbacks.get(work);
    return asOf == ended
        && (setback == null || !now.isBefore(setback.until()))
        && underWay.add(work);
  }

  synchronized void succeeded(String work) {
    ended++;
    underWay.remove(work);
    setbacks.remove(work);
  }

  /** Returns how long the work now rests: each time in a row twice as long. */
  synchronized Duration failed(String work, Instant now) {
    ended++;
    underWay.remove(work);
    Setback last = setbacks.get(work);
    int times = last == null ? 1 : last.times() + 1;
    Duration rest = Limits.RETRY.multipliedBy(1L << Math.min(times - 1, Limits.RETRY_DOUBLINGS));
    setbacks.put(work, new Setback(times, now.plus(rest)));
    return rest;
  }

  synchronized boolean isIdle() {
    return underWay.isEmpty();
  }
}

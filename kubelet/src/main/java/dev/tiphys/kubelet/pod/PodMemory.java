package dev.tiphys.kubelet.pod;

import dev.tiphys.api.core.v1.Pod;
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
  private @Nullable Pod lastKnown;
  private @Nullable Waiting failure;
  private boolean ending;

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

  /** Claims a piece of work by name; false if it is under way already. */
  synchronized boolean begin(String work) {
    return underWay.add(work);
  }

  synchronized void finish(String work) {
    underWay.remove(work);
  }

  synchronized boolean isUnderWay(String work) {
    return underWay.contains(work);
  }

  synchronized boolean isIdle() {
    return underWay.isEmpty();
  }
}

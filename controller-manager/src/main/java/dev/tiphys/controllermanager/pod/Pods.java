package dev.tiphys.controllermanager.pod;

import dev.tiphys.api.core.v1.ContainerStatus;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodCondition;
import dev.tiphys.controllermanager.common.Absent;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The states of a pod. */
public final class Pods {

  private Pods() {}

  /** {@code status.phase}; {@code Pending} where nobody has said anything yet. */
  public static String phase(Pod pod) {
    return pod.status() == null ? "Pending" : Absent.or(pod.status().phase(), "Pending");
  }

  /** Whether all containers have ended for good. */
  public static boolean ended(Pod pod) {
    String phase = phase(pod);
    return phase.equals("Succeeded") || phase.equals("Failed");
  }

  /** Whether the pod has been told to go. */
  public static boolean terminating(Pod pod) {
    return pod.metadata().deletionTimestamp() != null;
  }

  /** Whether the pod counts as one that does its work or will. */
  public static boolean active(Pod pod) {
    return !ended(pod) && !terminating(pod);
  }

  /** A condition by its type, or null. */
  public static @Nullable PodCondition condition(Pod pod, String type) {
    if (pod.status() != null) {
      for (PodCondition condition : pod.status().conditions()) {
        if (type.equals(condition.type())) {
          return condition;
        }
      }
    }
    return null;
  }

  /** Whether the pod says that it is ready. */
  public static boolean ready(Pod pod) {
    PodCondition ready = condition(pod, "Ready");
    return ready != null && "True".equals(ready.status());
  }

  /**
   * How long until the pod has been ready long enough to count as available.
   *
   * @return zero or less if it is available; null if it is not ready
   */
  public static @Nullable Duration untilAvailable(Pod pod, Duration minReady, Instant now) {
    PodCondition ready = condition(pod, "Ready");
    if (ready == null || !"True".equals(ready.status())) {
      return null;
    }
    if (minReady.isZero()) {
      return Duration.ZERO;
    }
    Instant since = ready.lastTransitionTime();
    return since == null ? minReady : Duration.between(now, since.plus(minReady));
  }

  /** Whether the pod has been ready long enough. */
  public static boolean available(Pod pod, Duration minReady, Instant now) {
    Duration until = untilAvailable(pod, minReady, now);
    return until != null && !until.isPositive();
  }

  /** The node that the pod is bound to; empty if none yet. */
  public static String nodeName(Pod pod) {
    return pod.spec() == null ? "" : Absent.empty(pod.spec().nodeName());
  }

  /** The most restarts of any container. */
  public static int restarts(Pod pod) {
    int most = 0;
    if (pod.status() != null) {
      for (ContainerStatus container : pod.status().containerStatuses()) {
        most = Math.max(most, Absent.zero(container.restartCount()));
      }
    }
    return most;
  }
}

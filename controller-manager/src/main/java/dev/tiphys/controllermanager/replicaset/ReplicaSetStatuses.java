package dev.tiphys.controllermanager.replicaset;

import dev.tiphys.api.apps.v1.ReplicaSet;
import dev.tiphys.api.apps.v1.ReplicaSetCondition;
import dev.tiphys.api.apps.v1.ReplicaSetSpec;
import dev.tiphys.api.apps.v1.ReplicaSetStatus;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.client.ApiException;
import dev.tiphys.controllermanager.common.Absent;
import dev.tiphys.controllermanager.pod.Pods;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a ReplicaSet's status should be. Pure. */
final class ReplicaSetStatuses {

  static final String FAILURE = "ReplicaFailure";

  private ReplicaSetStatuses() {}

  /**
   * Why the last round did not bring all pods.
   *
   * @param reason {@code FailedCreate} or {@code FailedDelete}
   * @param cause what the API server said
   */
  record Failure(String reason, ApiException cause) {}

  /**
   * The status for what is there.
   *
   * @param pods the set's pods that count
   * @param terminating how many more are on their way out
   * @param failure null if all went well
   */
  static ReplicaSetStatus of(
      ReplicaSet set, List<Pod> pods, int terminating, @Nullable Failure failure, Instant now) {
    ReplicaSetSpec spec = Absent.never(set.spec());
    Map<String, String> wantedLabels =
        spec.template() == null || spec.template().metadata() == null
            ? Map.of()
            : spec.template().metadata().labels();
    Duration minReady = Duration.ofSeconds(Absent.zero(spec.minReadySeconds()));
    int labelled = 0;
    int ready = 0;
    int available = 0;
    for (Pod pod : pods) {
      if (pod.metadata().labels().entrySet().containsAll(wantedLabels.entrySet())) {
        labelled++;
      }
      if (Pods.ready(pod)) {
        ready++;
        if (Pods.available(pod, minReady, now)) {
          available++;
        }
      }
    }
    ReplicaSetStatus before =
        set.status() == null ? ReplicaSetStatus.builder().build() : set.status();
    return before.toBuilder()
        .replicas(pods.size())
        .fullyLabeledReplicas(zeroIsAbsent(labelled))
        .readyReplicas(zeroIsAbsent(ready))
        .availableReplicas(zeroIsAbsent(available))
        .terminatingReplicas(terminating)
        .observedGeneration(set.metadata().generation())
        .conditions(conditions(before.conditions(), failure, now))
        .build();
  }

  /** The wire does not tell these zeros from absence, so comparing must not either. */
  private static @Nullable Integer zeroIsAbsent(int value) {
    return value == 0 ? null : value;
  }

  private static List<ReplicaSetCondition> conditions(
      List<ReplicaSetCondition> before, @Nullable Failure failure, Instant now) {
    List<ReplicaSetCondition> after = new ArrayList<>();
    ReplicaSetCondition known = null;
    for (ReplicaSetCondition condition : before) {
      if (FAILURE.equals(condition.type())) {
        known = condition;
      } else {
        after.add(condition);
      }
    }
    if (failure != null) {
      boolean same = known != null && failure.reason.equals(known.reason());
      after.add(
          same
              ? Absent.never(known)
              : ReplicaSetCondition.builder()
                  .type(FAILURE)
                  .status("True")
                  .reason(failure.reason)
                  .message(failure.cause.getMessage())
                  .lastTransitionTime(now.truncatedTo(ChronoUnit.SECONDS))
                  .build());
    }
    return after;
  }

  /** When the next pod becomes available by mere waiting; null if none does. */
  static @Nullable Duration nextAvailable(ReplicaSet set, List<Pod> pods, Instant now) {
    Duration minReady = Duration.ofSeconds(Absent.zero(Absent.never(set.spec()).minReadySeconds()));
    Duration next = null;
    for (Pod pod : pods) {
      Duration until = Pods.untilAvailable(pod, minReady, now);
      if (until != null && until.isPositive() && (next == null || until.compareTo(next) < 0)) {
        next = until;
      }
    }
    return next;
  }
}

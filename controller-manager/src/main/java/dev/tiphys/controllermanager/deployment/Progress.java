package dev.tiphys.controllermanager.deployment;

import dev.tiphys.api.apps.v1.Deployment;
import dev.tiphys.api.apps.v1.DeploymentCondition;
import dev.tiphys.api.apps.v1.DeploymentStatus;
import dev.tiphys.api.apps.v1.ReplicaSet;
import dev.tiphys.api.apps.v1.ReplicaSetCondition;
import dev.tiphys.api.apps.v1.ReplicaSetStatus;
import dev.tiphys.api.value.QuotedText;
import dev.tiphys.controllermanager.common.Absent;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** What a Deployment's status should be, with the conditions that {@code rollout status} reads. */
final class Progress {

  static final String AVAILABLE = "Available";
  static final String PROGRESSING = "Progressing";
  static final String FAILURE = "ReplicaFailure";
  static final String COMPLETE = "NewReplicaSetAvailable";
  static final String TIMED_OUT = "ProgressDeadlineExceeded";
  static final String PAUSED = "DeploymentPaused";
  static final String RESUMED = "DeploymentResumed";

  /** What a deadline of this many seconds means: none. */
  private static final int NO_DEADLINE = Integer.MAX_VALUE;

  private final Deployment deployment;
  private final @Nullable ReplicaSet fresh;
  private final List<ReplicaSet> all;
  private final Instant now;

  /**
   * Looks at a Deployment.
   *
   * @param fresh the ReplicaSet of the present template, or null
   * @param all all its ReplicaSets, the fresh one included
   */
  Progress(Deployment deployment, @Nullable ReplicaSet fresh, List<ReplicaSet> all, Instant now) {
    this.deployment = deployment;
    this.fresh = fresh;
    this.all = all;
    this.now = now.truncatedTo(ChronoUnit.SECONDS);
  }

  /** The status now, its counts and conditions. */
  DeploymentStatus status() {
    DeploymentStatus counted = counted();
    List<DeploymentCondition> conditions = new ArrayList<>(before().conditions());
    put(conditions, availability(counted));
    DeploymentCondition progress = progress(counted);
    if (progress == null) {
      conditions.removeIf(each -> PROGRESSING.equals(each.type()));
    } else {
      put(conditions, progress);
    }
    DeploymentCondition failure = failure();
    if (failure == null) {
      conditions.removeIf(each -> FAILURE.equals(each.type()));
    } else {
      put(conditions, failure);
    }
    return counted.withConditions(conditions);
  }

  /** The status with the news that the ReplicaSet of the present template has been created. */
  DeploymentStatus created(DeploymentStatus status, String name) {
    return with(
        status, true, "NewReplicaSetCreated", "Created new replica set " + QuotedText.of(name));
  }

  /** The status with the news that it could not be created. */
  DeploymentStatus notCreated(DeploymentStatus status, String name, String why) {
    return with(
        status,
        false,
        "ReplicaSetCreateError",
        "Failed to create new replica set " + QuotedText.of(name) + ": " + why);
  }

  private DeploymentStatus with(
      DeploymentStatus status, boolean truth, String reason, String message) {
    if (!hasDeadline()) {
      return status;
    }
    List<DeploymentCondition> conditions = new ArrayList<>(status.conditions());
    put(conditions, condition(PROGRESSING, truth, reason, message));
    return status.withConditions(conditions);
  }

  /** When the deadline will have passed, if it can; null if not. */
  @Nullable Duration untilTimeout(DeploymentStatus status) {
    DeploymentCondition progress = find(status.conditions(), PROGRESSING);
    boolean settled =
        progress == null
            || !hasDeadline()
            || paused()
            || complete(status)
            || TIMED_OUT.equals(progress.reason())
            || COMPLETE.equals(progress.reason())
            || progress.lastUpdateTime() == null;
    if (settled) {
      return null;
    }
    Instant deadline =
        Absent.never(Absent.never(progress).lastUpdateTime()).plusSeconds(deadlineSeconds() + 1L);
    return deadline.isAfter(now) ? Duration.between(now, deadline) : Duration.ofSeconds(1);
  }

  private DeploymentStatus before() {
    return deployment.status() == null ? DeploymentStatus.builder().build() : deployment.status();
  }

  private DeploymentStatus counted() {
    int total = sum(ReplicaSetStatus::replicas);
    int available = sum(ReplicaSetStatus::availableReplicas);
    int ready = sum(ReplicaSetStatus::readyReplicas);
    int updated =
        fresh == null || fresh.status() == null ? 0 : Absent.zero(fresh.status().replicas());
    return before().toBuilder()
        .observedGeneration(deployment.metadata().generation())
        .replicas(zeroIsAbsent(total))
        .updatedReplicas(zeroIsAbsent(updated))
        .readyReplicas(zeroIsAbsent(ready))
        .availableReplicas(zeroIsAbsent(available))
        .unavailableReplicas(zeroIsAbsent(Math.max(0, total - available)))
        .terminatingReplicas(sum(ReplicaSetStatus::terminatingReplicas))
        .build();
  }

  /** The wire does not tell these zeros from absence, so comparing must not either. */
  private static @Nullable Integer zeroIsAbsent(int value) {
    return value == 0 ? null : value;
  }

  private int sum(Function<ReplicaSetStatus, @Nullable Integer> count) {
    ToIntFunction<ReplicaSet> of =
        set -> set.status() == null ? 0 : Absent.zero(count.apply(set.status()));
    return all.stream().mapToInt(of).sum();
  }

  private DeploymentCondition availability(DeploymentStatus status) {
    boolean enough = Absent.zero(status.availableReplicas()) >= Bounds.of(deployment).fewest();
    return enough
        ? condition(
            AVAILABLE, true, "MinimumReplicasAvailable", "Deployment has minimum availability.")
        : condition(
            AVAILABLE,
            false,
            "MinimumReplicasUnavailable",
            "Deployment does not have minimum availability.");
  }

  private @Nullable DeploymentCondition progress(DeploymentStatus status) {
    if (!hasDeadline()) {
      return null;
    }
    DeploymentCondition known = find(before().conditions(), PROGRESSING);
    String reason = known == null ? "" : Absent.empty(known.reason());
    if (paused()) {
      return reason.equals(PAUSED) || reason.equals(TIMED_OUT)
          ? known
          : condition(PROGRESSING, null, PAUSED, "Deployment is paused");
    }
    if (reason.equals(PAUSED)) {
      return condition(PROGRESSING, null, RESUMED, "Deployment is resumed");
    }
    boolean done =
        reason.equals(COMPLETE)
            && Absent.zero(status.replicas()) == Absent.zero(status.updatedReplicas());
    if (done && fresh != null) {
      return known;
    }
    if (complete(status)) {
      return condition(PROGRESSING, true, COMPLETE, subject() + " has successfully progressed.");
    }
    if (known == null || moved(before(), status)) {
      return condition(PROGRESSING, true, "ReplicaSetUpdated", subject() + " is progressing.");
    }
    if (timedOut(known)) {
      return reason.equals(TIMED_OUT)
          ? known
          : condition(PROGRESSING, false, TIMED_OUT, subject() + " has timed out progressing.");
    }
    return known;
  }

  private String subject() {
    return fresh == null
        ? "Deployment " + QuotedText.of(Absent.empty(deployment.metadata().name()))
        : "ReplicaSet " + QuotedText.of(Absent.empty(fresh.metadata().name()));
  }

  /** Whether all pods are new and available, and no old one is left. */
  boolean complete(DeploymentStatus status) {
    int wanted = Bounds.of(deployment).replicas();
    return Absent.zero(status.updatedReplicas()) == wanted
        && Absent.zero(status.replicas()) == wanted
        && Absent.zero(status.availableReplicas()) == wanted
        && Absent.zero(status.observedGeneration())
            >= Absent.zero(deployment.metadata().generation());
  }

  private static boolean moved(DeploymentStatus before, DeploymentStatus after) {
    int updatedBefore = Absent.zero(before.updatedReplicas());
    int updatedAfter = Absent.zero(after.updatedReplicas());
    return updatedAfter > updatedBefore
        || Absent.zero(after.replicas()) - updatedAfter
            < Absent.zero(before.replicas()) - updatedBefore
        || Absent.zero(after.readyReplicas()) > Absent.zero(before.readyReplicas())
        || Absent.zero(after.availableReplicas()) > Absent.zero(before.availableReplicas());
  }

  private boolean timedOut(DeploymentCondition known) {
    if (TIMED_OUT.equals(known.reason())) {
      return true;
    }
    return !COMPLETE.equals(known.reason())
        && known.lastUpdateTime() != null
        && known.lastUpdateTime().plusSeconds(deadlineSeconds()).isBefore(now);
  }

  /** The first set that cannot make its pods speaks for all; the fresh one before the others. */
  private @Nullable DeploymentCondition failure() {
    List<ReplicaSet> order = new ArrayList<>(all);
    if (fresh != null) {
      order.addFirst(fresh);
    }
    for (ReplicaSet set : order) {
      ReplicaSetCondition failed = failureOf(set);
      if (failed != null) {
        return condition(
            FAILURE,
            "True".equals(failed.status()),
            Absent.empty(failed.reason()),
            Absent.empty(failed.message()));
      }
    }
    return null;
  }

  private static @Nullable ReplicaSetCondition failureOf(ReplicaSet set) {
    return set.status() == null
        ? null
        : set.status().conditions().stream()
            .filter(each -> FAILURE.equals(each.type()))
            .findFirst()
            .orElse(null);
  }

  private boolean paused() {
    return Boolean.TRUE.equals(Absent.never(deployment.spec()).paused());
  }

  private boolean hasDeadline() {
    return deadlineSeconds() != NO_DEADLINE;
  }

  private int deadlineSeconds() {
    return Absent.or(Absent.never(deployment.spec()).progressDeadlineSeconds(), NO_DEADLINE);
  }

  /** A condition as of now; a null truth is {@code Unknown}. */
  private DeploymentCondition condition(
      String type, @Nullable Boolean truth, String reason, String message) {
    return DeploymentCondition.builder()
        .type(type)
        .status(truth == null ? "Unknown" : truth ? "True" : "False")
        .reason(reason)
        .message(message)
        .lastUpdateTime(now)
        .lastTransitionTime(now)
        .build();
  }

  private static @Nullable DeploymentCondition find(
      List<DeploymentCondition> conditions, String type) {
    return conditions.stream().filter(each -> type.equals(each.type())).findFirst().orElse(null);
  }

  /**
   * Puts a condition in its place. One that says nothing new stays as it was, so that its times do
   * not move; progress that goes on is news each time, for the deadline counts from there.
   */
  private static void put(List<DeploymentCondition> conditions, DeploymentCondition next) {
    DeploymentCondition known = find(conditions, Absent.empty(next.type()));
    if (known == null) {
      conditions.add(next);
      return;
    }
    boolean sameStatus = Absent.empty(known.status()).equals(next.status());
    boolean sameReason = Absent.empty(known.reason()).equals(next.reason());
    boolean goesOn = "ReplicaSetUpdated".equals(next.reason());
    if (sameStatus && sameReason && !goesOn) {
      return;
    }
    DeploymentCondition placed =
        sameStatus ? next.withLastTransitionTime(known.lastTransitionTime()) : next;
    conditions.set(conditions.indexOf(known), placed);
  }
}

package dev.tiphys.controllermanager.node;

import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodCondition;
import dev.tiphys.api.core.v1.PodStatus;
import dev.tiphys.api.meta.v1.DeleteOptions;
import dev.tiphys.api.meta.v1.Preconditions;
import dev.tiphys.client.ApiException;
import dev.tiphys.client.ObjectKey;
import dev.tiphys.client.ResourceClient;
import dev.tiphys.controllermanager.common.Absent;
import dev.tiphys.controllermanager.pod.Pods;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes pods on behalf of the control plane, and says in their status why. */
final class PodDeath {

  private static final Logger log = LoggerFactory.getLogger(PodDeath.class);

  private final ResourceClient<Pod> pods;

  PodDeath(ResourceClient<Pod> pods) {
    this.pods = pods;
  }

  /**
   * Why a pod is deleted.
   *
   * @param reason of the condition {@code DisruptionTarget}
   */
  record Cause(String reason, String message) {}

  /**
   * Deletes a pod, if it is still the one.
   *
   * @param cause null to leave its status as it is
   * @param force whether nobody is left to end it in order: it is marked failed and goes at once
   */
  void delete(Pod cached, @Nullable Cause cause, boolean force, Instant now) {
    ResourceClient<Pod> mine = pods.inNamespace(cached.metadata().namespace());
    String name = Absent.empty(cached.metadata().name());
    String uid = cached.metadata().uid();
    try {
      if (cause != null) {
        explain(mine, name, cause, force, now);
      }
      DeleteOptions.Builder options =
          DeleteOptions.builder().preconditions(Preconditions.builder().uid(uid).build());
      mine.delete(name, force ? options.gracePeriodSeconds(0L).build() : options.build());
      log.info(
          "event=pod-deleted pod={} cause={}",
          ObjectKey.of(cached),
          cause == null ? "nobody-waits-for-it" : cause.reason);
    } catch (ApiException.NotFound gone) {
      log.debug("event=pod-already-gone pod={}", ObjectKey.of(cached));
    }
  }

  private static void explain(
      ResourceClient<Pod> mine, String name, Cause cause, boolean force, Instant now) {
    Optional<Pod> found = mine.find(name);
    if (found.isEmpty() || Pods.ended(found.get())) {
      return;
    }
    Pod pod = found.get();
    PodStatus status = Absent.or(pod.status(), PodStatus.builder().build());
    List<PodCondition> conditions = new ArrayList<>(status.conditions());
    conditions.removeIf(each -> "DisruptionTarget".equals(each.type()));
    conditions.add(
        PodCondition.builder()
            .type("DisruptionTarget")
            .status("True")
            .reason(cause.reason)
            .message(cause.message)
            .lastTransitionTime(now.truncatedTo(ChronoUnit.SECONDS))
            .build());
    PodStatus next = status.withConditions(conditions);
    mine.updateStatus(pod.withStatus(force ? next.withPhase("Failed") : next));
  }
}

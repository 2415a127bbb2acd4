package dev.tiphys.scheduler;

import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodCondition;
import dev.tiphys.api.core.v1.PodStatus;
import dev.tiphys.client.ApiException;
import dev.tiphys.client.ObjectKey;
import dev.tiphys.client.Patch;
import dev.tiphys.client.ResourceClient;
import dev.tiphys.client.environment.Environment;
import dev.tiphys.client.event.EventRecorder;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people why a pod waits: in its condition {@code PodScheduled} and by an event. Thread-safe.
 */
final class UnschedulableReport {

  private static final Logger log = LoggerFactory.getLogger(UnschedulableReport.class);
  private static final String CONDITION = "PodScheduled";

  private final ResourceClient<Pod> pods;
  private final EventRecorder events;
  private final Environment environment;

  UnschedulableReport(ResourceClient<Pod> pods, EventRecorder events, Environment environment) {
    this.pods = pods;
    this.events = events;
    this.environment = environment;
  }

  /** No node can take the pod. */
  void unschedulable(Pod pod, String message) {
    events.event(pod, EventRecorder.Type.WARNING, "FailedScheduling", message);
    report(pod, "Unschedulable", message);
  }

  /** The pod has scheduling gates, which others remove. */
  void gated(Pod pod) {
    report(pod, "SchedulingGated", "Scheduling is blocked due to non-empty scheduling gates");
  }

  private void report(Pod pod, String reason, String message) {
    if (isReported(pod, reason, message)) {
      return;
    }
    PodCondition condition =
        PodCondition.builder()
            .type(CONDITION)
            .status("False")
            .reason(reason)
            .message(message)
            .lastTransitionTime(environment.clock().instant().truncatedTo(ChronoUnit.SECONDS))
            .build();
    PodStatus status = PodStatus.builder().conditions(List.of(condition)).build();
    String patch =
        "{\"status\":" + new String(JsonCodec.encode(status), StandardCharsets.UTF_8) + "}";
    ObjectKey key = ObjectKey.of(pod);
    try {
      pods.inNamespace(key.namespace()).patch(key.name(), "status", new Patch.Strategic(patch));
    } catch (ApiException failure) {
      // The event says the same; the next attempt writes the condition.
      log.warn("event=condition-not-written pod={} error={}", key, failure.getMessage());
    }
  }

  private static boolean isReported(Pod pod, String reason, String message) {
    PodStatus status = pod.status();
    Optional<PodCondition> before =
        status == null
            ? Optional.empty()
            : status.conditions().stream().filter(c -> CONDITION.equals(c.type())).findFirst();
    return before
        .filter(c -> "False".equals(c.status()))
        .filter(c -> reason.equals(c.reason()))
        .filter(c -> message.equals(c.message()))
        .isPresent();
  }
}

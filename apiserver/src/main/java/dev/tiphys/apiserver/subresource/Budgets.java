package dev.tiphys.apiserver.subresource;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.meta.v1.LabelSelector;
import dev.tiphys.api.policy.v1.PodDisruptionBudget;
import dev.tiphys.api.policy.v1.PodDisruptionBudgetSpec;
import dev.tiphys.api.policy.v1.PodDisruptionBudgetStatus;
import dev.tiphys.api.selector.LabelSelectors;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.request.ApiException.Cause;
import dev.tiphys.apiserver.request.ApiException.Details;
import dev.tiphys.apiserver.request.ApiException.Reason;
import dev.tiphys.apiserver.resource.Endpoint;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.resource.Part;
import dev.tiphys.apiserver.resource.WriteContext;
import dev.tiphys.apiserver.storage.ObjectKey;
import dev.tiphys.apiserver.strategy.ClusterView;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Disruption budgets as evictions spend them. A budget's controller says how many disruptions it
 * allows; each eviction takes one of these before it deletes, so that evictions at the same time,
 * through whichever server, never take more.
 */
final class Budgets {

  private static final int PROCESSING_RETRY_SECONDS = 10;
  private static final int MOST_UNCONFIRMED = 2000;

  private final Endpoints endpoints;
  private final ClusterView view;
  private final InstantSource clock;

  Budgets(Endpoints endpoints, ClusterView view, InstantSource clock) {
    this.endpoints = endpoints;
    this.view = view;
    this.clock = clock;
  }

  /**
   * Takes what an eviction of a pod needs.
   *
   * @throws ApiException if it may not be evicted now
   */
  void spend(Pod pod, WriteContext context) {
    if (endsAnyway(pod)) {
      return;
    }
    List<PodDisruptionBudget> budgets =
        view
            .listFresh(Resources.POD_DISRUPTION_BUDGETS, String.valueOf(pod.metadata().namespace()))
            .stream()
            .filter(budget -> covers(budget, pod))
            .toList();
    if (budgets.size() > 1) {
      throw new ApiException(
          Reason.INTERNAL_ERROR,
          "This pod has more than one PodDisruptionBudget, which the eviction subresource does not"
              + " support.",
          Details.NONE);
    }
    if (budgets.isEmpty() || isFree(pod, budgets.getFirst())) {
      return;
    }
    Endpoint<PodDisruptionBudget> endpoint = endpoints.of(Resources.POD_DISRUPTION_BUDGETS);
    String name = String.valueOf(budgets.getFirst().metadata().name());
    endpoint
        .writes()
        .modify(
            context,
            new ObjectKey(String.valueOf(pod.metadata().namespace()), name),
            Part.status(endpoint.resource().strategy()),
            budget -> taken(budget, pod));
  }

  /** Pods that do not run yet, or no more, cost no budget. */
  private static boolean endsAnyway(Pod pod) {
    String phase = pod.status() == null ? null : pod.status().phase();
    return pod.metadata().deletionTimestamp() != null
        || List.of("Succeeded", "Failed", "Pending").contains(String.valueOf(phase));
  }

  private static boolean covers(PodDisruptionBudget budget, Pod pod) {
    LabelSelector selector = budget.spec() == null ? null : budget.spec().selector();
    return selector != null && LabelSelectors.of(selector).matches(pod.metadata().labels());
  }

  /** A pod that is not ready anyway may be evicted where the budget says so (KEP-3017). */
  private static boolean isFree(Pod pod, PodDisruptionBudget budget) {
    boolean ready =
        pod.status() != null
            && pod.status().conditions().stream()
                .anyMatch(c -> "Ready".equals(c.type()) && "True".equals(c.status()));
    if (ready) {
      return false;
    }
    PodDisruptionBudgetSpec spec =
        Objects.requireNonNullElse(budget.spec(), PodDisruptionBudgetSpec.EMPTY);
    if ("AlwaysAllow".equals(spec.unhealthyPodEvictionPolicy())) {
      return true;
    }
    PodDisruptionBudgetStatus status = of(budget);
    int healthy = Objects.requireNonNullElse(status.currentHealthy(), 0);
    int desired = Objects.requireNonNullElse(status.desiredHealthy(), 0);
    return healthy >= desired && desired > 0;
  }

  private static PodDisruptionBudgetStatus of(PodDisruptionBudget budget) {
    return Objects.requireNonNullElse(budget.status(), PodDisruptionBudgetStatus.EMPTY);
  }

  private PodDisruptionBudget taken(PodDisruptionBudget budget, Pod pod) {
    String name = String.valueOf(budget.metadata().name());
    PodDisruptionBudgetStatus status = of(budget);
    long observed = Objects.requireNonNullElse(status.observedGeneration(), 0L);
    if (observed < Objects.requireNonNullElse(budget.metadata().generation(), 0L)) {
      throw refused(
          "The disruption budget " + name + " is still being processed by the server.",
          PROCESSING_RETRY_SECONDS);
    }
    int allowed = Objects.requireNonNullElse(status.disruptionsAllowed(), 0);
    if (allowed < 0) {
      throw ApiException.forbidden(
          "policy", "poddisruptionbudgets", name, "pdb disruptions allowed is negative");
    }
    if (status.disruptedPods().size() > MOST_UNCONFIRMED) {
      throw ApiException.forbidden(
          "policy",
          "poddisruptionbudgets",
          name,
          "DisruptedPods map too big - too many evictions not confirmed by PDB controller");
    }
    if (allowed == 0) {
      throw refused(
          "The disruption budget "
              + name
              + " needs "
              + Objects.requireNonNullElse(status.desiredHealthy(), 0)
              + " healthy pods and has "
              + Objects.requireNonNullElse(status.currentHealthy(), 0)
              + " currently",
          0);
    }
    Map<String, Instant> disrupted = new LinkedHashMap<>(status.disruptedPods());
    disrupted.put(
        String.valueOf(pod.metadata().name()), clock.instant().truncatedTo(ChronoUnit.SECONDS));
    return budget.withStatus(
        status.toBuilder().disruptionsAllowed(allowed - 1).disruptedPods(disrupted).build());
  }

  private static ApiException refused(String why, int retryAfterSeconds) {
    return new ApiException(
        Reason.TOO_MANY_REQUESTS,
        "Cannot evict pod as it would violate the pod's disruption budget.",
        new Details(
            "", "", "", "", List.of(new Cause("DisruptionBudget", why, "")), retryAfterSeconds));
  }
}

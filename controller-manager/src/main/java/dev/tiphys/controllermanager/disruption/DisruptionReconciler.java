package dev.tiphys.controllermanager.disruption;

import dev.tiphys.api.Resources;
import dev.tiphys.api.apps.v1.Deployment;
import dev.tiphys.api.apps.v1.ReplicaSet;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.meta.v1.Condition;
import dev.tiphys.api.meta.v1.LabelSelector;
import dev.tiphys.api.policy.v1.PodDisruptionBudget;
import dev.tiphys.api.policy.v1.PodDisruptionBudgetSpec;
import dev.tiphys.api.policy.v1.PodDisruptionBudgetStatus;
import dev.tiphys.api.selector.LabelMatcher;
import dev.tiphys.api.selector.LabelSelectors;
import dev.tiphys.client.ApiException;
import dev.tiphys.client.Client;
import dev.tiphys.client.ObjectKey;
import dev.tiphys.client.ResourceClient;
import dev.tiphys.client.controller.Reconciler;
import dev.tiphys.client.event.EventRecorder;
import dev.tiphys.client.event.EventRecorder.Type;
import dev.tiphys.client.informer.Lister;
import dev.tiphys.controllermanager.common.Absent;
import dev.tiphys.controllermanager.pod.Pods;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * Writes into each PodDisruptionBudget how many evictions it allows, which the API server then
 * counts down. When it cannot tell, it allows none. Keys: budgets.
 */
public final class DisruptionReconciler implements Reconciler<ObjectKey> {

  private static final String ALLOWED = "DisruptionAllowed";

  private final ResourceClient<PodDisruptionBudget> budgets;
  private final Lister<PodDisruptionBudget> lister;
  private final Lister<Pod> pods;
  private final Expected expected;
  private final EventRecorder events;
  private final InstantSource clock;

  /** Makes the reconciler. */
  public DisruptionReconciler(
      Client client,
      Lister<PodDisruptionBudget> lister,
      Lister<Pod> pods,
      Lister<ReplicaSet> sets,
      Lister<Deployment> deployments,
      EventRecorder events,
      InstantSource clock) {
    this.budgets = client.resource(Resources.POD_DISRUPTION_BUDGETS);
    this.lister = lister;
    this.pods = pods;
    this.expected = new Expected(client, sets, deployments);
    this.events = events;
    this.clock = clock;
  }

  /** Whether a budget is for a pod; one without a selector is for none. */
  public static boolean covers(PodDisruptionBudget budget, Pod pod) {
    LabelSelector selector = budget.spec() == null ? null : budget.spec().selector();
    return selector != null && LabelSelectors.of(selector).matches(pod.metadata().labels());
  }

  @Override
  public Result reconcile(ObjectKey key) {
    PodDisruptionBudget budget = lister.get(key);
    if (budget == null) {
      return Result.DONE;
    }
    PodDisruptionBudgetSpec spec =
        Objects.requireNonNullElse(budget.spec(), PodDisruptionBudgetSpec.EMPTY);
    LabelSelector selector = spec.selector();
    LabelMatcher matcher = selector == null ? null : LabelSelectors.of(selector);
    List<Pod> covered =
        matcher == null
            ? List.of()
            : pods.inNamespace(key.namespace()).stream()
                .filter(pod -> matcher.matches(pod.metadata().labels()) && !Pods.ended(pod))
                .toList();
    if (covered.isEmpty()) {
      events.event(budget, Type.NORMAL, "NoPods", "No matching pods found");
    }
    PodDisruptionBudgetStatus before =
        Objects.requireNonNullElse(budget.status(), PodDisruptionBudgetStatus.EMPTY);
    Instant now = clock.instant();
    PodDisruptionBudgetStatus status;
    try {
      Balance balance = Balance.of(spec, covered, before.disruptedPods(), expected::of, now);
      status =
          PodDisruptionBudgetStatus.builder()
              .observedGeneration(budget.metadata().generation())
              .expectedPods(balance.expected())
              .desiredHealthy(balance.desired())
              .currentHealthy(balance.healthy())
              .disruptionsAllowed(balance.allowed())
              .disruptedPods(balance.disrupted())
              .build();
      status = told(status, before, balance.allowed() > 0, reason(balance), "", budget, now);
    } catch (Expected.Unscalable unknown) {
      String why = Absent.empty(unknown.getMessage());
      events.event(budget, Type.WARNING, "CalculateExpectedPodCountFailed", why);
      status =
          told(before.withDisruptionsAllowed(0), before, false, "SyncFailed", why, budget, now);
    }
    if (!status.equals(before)) {
      write(budget.withStatus(status));
    }
    return status.disruptedPods().values().stream()
        .min(Comparator.naturalOrder())
        .map(since -> Duration.between(now, since.plus(Balance.UNCONFIRMED)))
        .map(Result::after)
        .orElse(Result.DONE);
  }

  private static String reason(Balance balance) {
    return balance.allowed() > 0 ? "SufficientPods" : "InsufficientPods";
  }

  private static PodDisruptionBudgetStatus told(
      PodDisruptionBudgetStatus status,
      PodDisruptionBudgetStatus before,
      boolean allowed,
      String reason,
      String message,
      PodDisruptionBudget budget,
      Instant now) {
    String truth = allowed ? "True" : "False";
    List<Condition> conditions = new ArrayList<>();
    Instant since = now.truncatedTo(ChronoUnit.SECONDS);
    for (Condition had : before.conditions()) {
      if (!ALLOWED.equals(had.type())) {
        conditions.add(had);
      } else if (truth.equals(had.status()) && had.lastTransitionTime() != null) {
        since = had.lastTransitionTime();
      }
    }
    conditions.add(
        Condition.builder()
            .type(ALLOWED)
            .status(truth)
            .reason(reason)
            .message(message)
            .observedGeneration(budget.metadata().generation())
            .lastTransitionTime(since)
            .build());
    return status.withConditions(conditions);
  }

  /** An eviction that was allowed meanwhile makes the write a conflict, and the key come again. */
  private void write(PodDisruptionBudget budget) {
    try {
      budgets.updateStatus(budget);
    } catch (ApiException.NotFound gone) {
      // Whoever deleted the budget needs no numbers.
      return;
    }
  }
}

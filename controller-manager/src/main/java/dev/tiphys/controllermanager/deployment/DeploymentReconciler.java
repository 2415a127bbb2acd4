package dev.tiphys.controllermanager.deployment;

import dev.tiphys.api.Resources;
import dev.tiphys.api.apps.v1.Deployment;
import dev.tiphys.api.apps.v1.DeploymentStatus;
import dev.tiphys.api.apps.v1.ReplicaSet;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.meta.v1.DeleteOptions;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.meta.v1.Preconditions;
import dev.tiphys.api.selector.LabelMatcher;
import dev.tiphys.api.selector.LabelSelectors;
import dev.tiphys.client.ApiException;
import dev.tiphys.client.Client;
import dev.tiphys.client.ObjectKey;
import dev.tiphys.client.Owners;
import dev.tiphys.client.ResourceClient;
import dev.tiphys.client.controller.Reconciler;
import dev.tiphys.client.environment.Environment;
import dev.tiphys.client.event.EventRecorder;
import dev.tiphys.client.event.EventRecorder.Type;
import dev.tiphys.client.informer.Index;
import dev.tiphys.client.informer.Lister;
import dev.tiphys.controllermanager.common.Absent;
import dev.tiphys.controllermanager.common.Claims;
import dev.tiphys.controllermanager.pod.Pods;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Rolls Deployments out: claims their ReplicaSets, asks {@link Rollout} what to do, does it,
 * reports.
 *
 * <p>A stale cache does no harm: a ReplicaSet's name follows from its template, so it is not
 * created twice, and every other write names the version that it was decided on.
 */
public final class DeploymentReconciler implements Reconciler<ObjectKey> {

  private final ResourceClient<Deployment> deployments;
  private final ResourceClient<ReplicaSet> sets;
  private final Lister<Deployment> deploymentLister;
  private final Index<String, ReplicaSet> setsByController;
  private final Index<String, ReplicaSet> orphans;
  private final Index<String, Pod> podsByController;
  private final EventRecorder events;
  private final Environment environment;
  private final Claims<Deployment, ReplicaSet> claims;

  /**
   * Makes the reconciler.
   *
   * @param setsByController ReplicaSets by the uid of their controller
   * @param orphans ReplicaSets without a controller by their namespace
   * @param podsByController pods by the uid of their controller
   */
  public DeploymentReconciler(
      Client client,
      Lister<Deployment> deploymentLister,
      Index<String, ReplicaSet> setsByController,
      Index<String, ReplicaSet> orphans,
      Index<String, Pod> podsByController,
      EventRecorder events,
      Environment environment) {
    this.deployments = client.resource(Resources.DEPLOYMENTS);
    this.sets = client.resource(Resources.REPLICA_SETS);
    this.deploymentLister = deploymentLister;
    this.setsByController = setsByController;
    this.orphans = orphans;
    this.podsByController = podsByController;
    this.events = events;
    this.environment = environment;
    this.claims =
        new Claims<>(deployments, sets, set -> set.metadata().deletionTimestamp() == null);
  }

  @Override
  public Result reconcile(ObjectKey key) {
    Deployment deployment = deploymentLister.get(key);
    if (deployment == null || deployment.spec() == null) {
      return Result.DONE;
    }
    LabelMatcher selector = LabelSelectors.of(deployment.spec().selector());
    if (selector.matchesEverything()) {
      events.event(
          deployment,
          Type.WARNING,
          "SelectingAll",
          "This deployment is selecting all pods. A non-empty selector is required.");
      return Result.DONE;
    }
    List<ReplicaSet> owned = claims.claim(deployment, selector, candidates(deployment, selector));
    Plan plan = Rollout.decide(deployment, owned, this::podsRunning, environment.clock().instant());
    Deployment current = deployment;
    for (Plan.Step step : plan.steps()) {
      current = act(current, step, plan.status());
    }
    if (!plan.status().equals(deployment.status())) {
      deployments.updateStatus(current.withStatus(plan.status()));
    }
    return plan.again() == null ? Result.DONE : Result.after(plan.again());
  }

  private List<ReplicaSet> candidates(Deployment deployment, LabelMatcher selector) {
    List<ReplicaSet> candidates =
        new ArrayList<>(setsByController.get(Absent.empty(deployment.metadata().uid())));
    for (ReplicaSet set : orphans.get(Absent.empty(deployment.metadata().namespace()))) {
      if (selector.matches(set.metadata().labels())) {
        candidates.add(set);
      }
    }
    return candidates;
  }

  private boolean podsRunning(List<ReplicaSet> old) {
    return old.stream()
        .flatMap(set -> podsByController.get(Absent.empty(set.metadata().uid())).stream())
        .anyMatch(pod -> !Pods.ended(pod));
  }

  private Deployment act(Deployment deployment, Plan.Step step, DeploymentStatus status) {
    ResourceClient<ReplicaSet> mine = sets.inNamespace(deployment.metadata().namespace());
    switch (step) {
      case Plan.Create(ReplicaSet set) -> create(deployment, set, status);
      case Plan.Annotate(ReplicaSet set) -> mine.update(set);
      case Plan.Scale(ReplicaSet set, int before) -> {
        mine.update(set);
        scaled(deployment, set, before);
      }
      case Plan.Forget(ReplicaSet set) -> forget(mine, set);
      case Plan.Revise(long revision) -> {
        return revise(deployment, revision);
      }
    }
    return deployment;
  }

  private void create(Deployment deployment, ReplicaSet set, DeploymentStatus status) {
    String name = Absent.empty(set.metadata().name());
    ResourceClient<ReplicaSet> mine = sets.inNamespace(deployment.metadata().namespace());
    try {
      mine.create(set);
      scaled(deployment, set, 0);
    } catch (ApiException.AlreadyExists there) {
      Optional<ReplicaSet> existing = mine.find(name);
      boolean ours =
          existing.isPresent()
              && Owners.controls(deployment, existing.get())
              && Revisions.sameTemplate(deployment, existing.get());
      if (!ours) {
        collided(deployment);
        throw there;
      }
    } catch (ApiException.BadRequest | ApiException.Forbidden | ApiException.Invalid refused) {
      String why = Absent.empty(refused.getMessage());
      Progress progress = new Progress(deployment, null, List.of(), environment.clock().instant());
      deployments.updateStatus(deployment.withStatus(progress.notCreated(status, name, why)));
      events.event(
          deployment,
          Type.WARNING,
          "ReplicaSetCreateError",
          "Failed to create new replica set \"" + name + "\": " + why);
      throw refused;
    }
  }

  /** Another object has the name that follows from our template; the next name will differ. */
  private void collided(Deployment deployment) {
    DeploymentStatus status =
        deployment.status() == null ? DeploymentStatus.builder().build() : deployment.status();
    deployments.updateStatus(
        deployment.withStatus(status.withCollisionCount(Absent.zero(status.collisionCount()) + 1)));
  }

  private void scaled(Deployment deployment, ReplicaSet set, int before) {
    int after = Scaling.size(set);
    if (after != before) {
      events.event(
          deployment,
          Type.NORMAL,
          "ScalingReplicaSet",
          "Scaled %s replica set %s from %d to %d"
              .formatted(after > before ? "up" : "down", set.metadata().name(), before, after));
    }
  }

  private static void forget(ResourceClient<ReplicaSet> mine, ReplicaSet set) {
    DeleteOptions exactly =
        DeleteOptions.builder()
            .preconditions(
                Preconditions.builder()
                    .uid(set.metadata().uid())
                    .resourceVersion(set.metadata().resourceVersion())
                    .build())
            .propagationPolicy("Background")
            .build();
    try {
      mine.delete(Absent.empty(set.metadata().name()), exactly);
    } catch (ApiException.NotFound gone) {
      // Somebody else was faster, and it is as we want it.
      return;
    }
  }

  private Deployment revise(Deployment deployment, long revision) {
    ObjectMeta metadata = deployment.metadata();
    Map<String, String> annotations = new HashMap<>(metadata.annotations());
    annotations.put(Revisions.REVISION, Long.toString(revision));
    if (annotations.equals(metadata.annotations())) {
      return deployment;
    }
    return deployments.update(deployment.withMetadata(metadata.withAnnotations(annotations)));
  }
}

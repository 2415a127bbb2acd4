package dev.tiphys.controllermanager.deployment;

import dev.tiphys.api.Resources;
import dev.tiphys.api.apps.v1.Deployment;
import dev.tiphys.api.apps.v1.DeploymentSpec;
import dev.tiphys.api.apps.v1.DeploymentStatus;
import dev.tiphys.api.apps.v1.ReplicaSet;
import dev.tiphys.api.apps.v1.ReplicaSetSpec;
import dev.tiphys.api.core.v1.PodTemplateSpec;
import dev.tiphys.api.meta.v1.LabelSelector;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.client.Owners;
import dev.tiphys.controllermanager.common.Absent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One look at a Deployment and its ReplicaSets, and what follows from it. Pure. Each look does one
 * thing; what it changes brings the next look.
 */
final class Rollout {

  private final Deployment deployment;
  private final DeploymentSpec spec;
  private final List<ReplicaSet> all;
  private final @Nullable ReplicaSet fresh;
  private final List<ReplicaSet> old;
  private final Bounds bounds;
  private final Progress progress;
  private final List<Plan.Step> steps = new ArrayList<>();

  private Rollout(Deployment deployment, List<ReplicaSet> sets, Instant now) {
    this.deployment = deployment;
    this.spec = Absent.never(deployment.spec());
    this.all = sets.stream().sorted(Scaling.AGE).toList();
    this.fresh =
        all.stream()
            .filter(set -> Revisions.sameTemplate(deployment, set))
            .findFirst()
            .orElse(null);
    this.old = all.stream().filter(set -> set != fresh).toList();
    this.bounds = Bounds.of(deployment);
    this.progress = new Progress(deployment, fresh, all, now);
  }

  /**
   * Decides.
   *
   * @param sets the ReplicaSets that the Deployment controls
   * @param oldPodsRunning asked only when pods of old ReplicaSets must be gone before new ones come
   */
  static Plan decide(
      Deployment deployment,
      List<ReplicaSet> sets,
      Predicate<List<ReplicaSet>> oldPodsRunning,
      Instant now) {
    Rollout rollout = new Rollout(deployment, sets, now);
    DeploymentStatus status = rollout.progress.status();
    if (deployment.metadata().deletionTimestamp() == null) {
      status = rollout.steps(status, oldPodsRunning);
    }
    return new Plan(rollout.steps, status, rollout.progress.untilTimeout(status));
  }

  private DeploymentStatus steps(
      DeploymentStatus status, Predicate<List<ReplicaSet>> oldPodsRunning) {
    if (fresh != null && annotate(fresh)) {
      return status;
    }
    boolean paused = Boolean.TRUE.equals(spec.paused());
    if (paused || sizeChanged()) {
      Scaling.proportional(bounds, fresh, all, Absent.zero(statusReplicas())).forEach(this::scale);
      if (paused) {
        forget();
      }
      return status;
    }
    if (bounds.recreate()) {
      List<ReplicaSet> active = old.stream().filter(set -> Scaling.size(set) > 0).toList();
      active.forEach(set -> scale(set, 0));
      if (!active.isEmpty() || oldPodsRunning.test(old)) {
        return status;
      }
    }
    if (fresh == null) {
      ReplicaSet next = next();
      steps.add(new Plan.Create(next));
      steps.add(new Plan.Revise(Revisions.of(next)));
      return progress.created(status, Absent.empty(next.metadata().name()));
    }
    int size = Scaling.newSize(bounds, Scaling.size(fresh), Scaling.total(all));
    if (size != Scaling.size(fresh)) {
      scale(fresh, size);
      return status;
    }
    Scaling.shrinkOld(bounds, fresh, old).forEach(this::scale);
    if (steps.isEmpty() && progress.complete(status)) {
      forget();
    }
    return status;
  }

  private @Nullable Integer statusReplicas() {
    return deployment.status() == null ? null : deployment.status().replicas();
  }

  /** Whether the Deployment has been resized since its ReplicaSets were. */
  private boolean sizeChanged() {
    return all.stream()
        .filter(set -> Scaling.size(set) > 0)
        .filter(set -> set.metadata().annotations().containsKey(Revisions.DESIRED))
        .anyMatch(set -> Revisions.number(set, Revisions.DESIRED) != bounds.replicas());
  }

  /** Keeps the fresh set's annotations, and the Deployment's revision, up to date. */
  private boolean annotate(ReplicaSet set) {
    long revision = Math.max(Revisions.of(set), Revisions.highest(old) + 1);
    Map<String, String> annotations =
        Revisions.annotations(deployment, set.metadata().annotations(), revision);
    ReplicaSetSpec setSpec = Absent.never(set.spec());
    boolean same =
        annotations.equals(set.metadata().annotations())
            && Objects.equals(setSpec.minReadySeconds(), spec.minReadySeconds());
    if (Revisions.of(deployment) != revision) {
      steps.add(new Plan.Revise(revision));
    }
    if (same) {
      return false;
    }
    steps.add(
        new Plan.Annotate(
            set.withMetadata(set.metadata().withAnnotations(annotations))
                .withSpec(setSpec.withMinReadySeconds(spec.minReadySeconds()))));
    return true;
  }

  private void scale(ReplicaSet set, int size) {
    Map<String, String> annotations =
        Revisions.sized(set.metadata().annotations(), bounds.replicas(), bounds.most());
    if (size == Scaling.size(set) && annotations.equals(set.metadata().annotations())) {
      return;
    }
    steps.add(
        new Plan.Scale(
            set.withMetadata(set.metadata().withAnnotations(annotations))
                .withSpec(Absent.never(set.spec()).withReplicas(size)),
            Scaling.size(set)));
  }

  /** Old sets without pods beyond {@code revisionHistoryLimit} go, oldest revisions first. */
  private void forget() {
    Integer limit = spec.revisionHistoryLimit();
    if (limit == null) {
      return;
    }
    List<ReplicaSet> kept =
        old.stream().filter(set -> set.metadata().deletionTimestamp() == null).toList();
    kept.stream()
        .sorted(Comparator.comparing(Revisions::of))
        .limit(Math.max(0, kept.size() - limit))
        .filter(Rollout::empty)
        .forEach(set -> steps.add(new Plan.Forget(set)));
  }

  private static boolean empty(ReplicaSet set) {
    return Scaling.size(set) == 0
        && set.status() != null
        && Absent.zero(set.status().replicas()) == 0
        && Absent.zero(set.status().observedGeneration())
            >= Absent.zero(set.metadata().generation());
  }

  /** The ReplicaSet of the present template, as it is to be created. */
  private ReplicaSet next() {
    PodTemplateSpec template = Absent.never(spec.template());
    int collisions =
        deployment.status() == null ? 0 : Absent.zero(deployment.status().collisionCount());
    String hash = Revisions.hash(template, collisions);
    ObjectMeta templateMeta = Absent.or(template.metadata(), ObjectMeta.EMPTY);
    Map<String, String> labels = new HashMap<>(templateMeta.labels());
    labels.put(Revisions.HASH_LABEL, hash);
    LabelSelector selector = Absent.or(spec.selector(), LabelSelector.builder().build());
    Map<String, String> matched = new HashMap<>(selector.matchLabels());
    matched.put(Revisions.HASH_LABEL, hash);
    Map<String, String> annotations =
        Revisions.sized(
            Revisions.annotations(deployment, Map.of(), Revisions.highest(old) + 1),
            bounds.replicas(),
            bounds.most());
    return ReplicaSet.builder()
        .metadata(
            ObjectMeta.builder()
                .name(deployment.metadata().name() + "-" + hash)
                .namespace(deployment.metadata().namespace())
                .labels(labels)
                .annotations(annotations)
                .ownerReferences(
                    List.of(Owners.controllerReference(deployment, Resources.DEPLOYMENTS.kind())))
                .build())
        .spec(
            ReplicaSetSpec.builder()
                .replicas(Scaling.newSize(bounds, 0, Scaling.total(old)))
                .minReadySeconds(spec.minReadySeconds())
                .selector(selector.withMatchLabels(matched))
                .template(template.withMetadata(templateMeta.withLabels(labels)))
                .build())
        .build();
  }
}

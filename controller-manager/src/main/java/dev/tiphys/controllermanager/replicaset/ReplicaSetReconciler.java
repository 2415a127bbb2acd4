package dev.tiphys.controllermanager.replicaset;

import dev.tiphys.api.Resources;
import dev.tiphys.api.apps.v1.ReplicaSet;
import dev.tiphys.api.apps.v1.ReplicaSetStatus;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodTemplateSpec;
import dev.tiphys.api.meta.v1.DeleteOptions;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.meta.v1.Preconditions;
import dev.tiphys.api.selector.LabelMatcher;
import dev.tiphys.api.selector.LabelSelectors;
import dev.tiphys.client.ApiException;
import dev.tiphys.client.Client;
import dev.tiphys.client.ListOptions;
import dev.tiphys.client.ObjectKey;
import dev.tiphys.client.Owners;
import dev.tiphys.client.ResourceClient;
import dev.tiphys.client.controller.Reconciler;
import dev.tiphys.client.environment.Environment;
import dev.tiphys.client.event.EventRecorder;
import dev.tiphys.client.informer.Index;
import dev.tiphys.client.informer.Informer;
import dev.tiphys.client.informer.Lister;
import dev.tiphys.controllermanager.Limits;
import dev.tiphys.controllermanager.common.Absent;
import dev.tiphys.controllermanager.common.Claims;
import dev.tiphys.controllermanager.common.WriteBarrier;
import dev.tiphys.controllermanager.pod.Pods;
import dev.tiphys.controllermanager.replicaset.ReplicaSetStatuses.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Brings each ReplicaSet to its number of pods: adopts and releases pods by its selector, creates
 * those that are missing in batches that double as long as creation works, deletes those that are
 * too many in {@link DeletionOrder}, and reports.
 *
 * <p>It never creates twice for one gap: a round waits until the cache shows the pods that the
 * round before has made, and after a creation whose outcome is unknown it counts live.
 */
public final class ReplicaSetReconciler implements Reconciler<ObjectKey> {

  private final ResourceClient<ReplicaSet> sets;
  private final ResourceClient<Pod> pods;
  private final Lister<ReplicaSet> setLister;
  private final Index<String, Pod> podsByController;
  private final Index<String, Pod> orphans;
  private final EventRecorder events;
  private final Environment environment;
  private final Claims<ReplicaSet, Pod> claims;
  private final WriteBarrier<ObjectKey> created;
  private final Map<ObjectKey, Set<String>> deleting = new ConcurrentHashMap<>();
  private final Set<ObjectKey> uncertain = ConcurrentHashMap.newKeySet();

  /**
   * Makes the reconciler.
   *
   * @param podsByController pods by the uid of their controller
   * @param orphans pods without a controller by their namespace
   */
  public ReplicaSetReconciler(
      Client client,
      Lister<ReplicaSet> setLister,
      Informer<Pod> podInformer,
      Index<String, Pod> podsByController,
      Index<String, Pod> orphans,
      EventRecorder events,
      Environment environment) {
    this.sets = client.resource(Resources.REPLICA_SETS);
    this.pods = client.resource(Resources.PODS);
    this.setLister = setLister;
    this.podsByController = podsByController;
    this.orphans = orphans;
    this.events = events;
    this.environment = environment;
    this.claims = new Claims<>(sets, pods, Pods::active);
    this.created = new WriteBarrier<>(podInformer);
  }

  @Override
  public Result reconcile(ObjectKey key) {
    ReplicaSet set = setLister.get(key);
    if (set == null || set.spec() == null) {
      created.forget(key);
      uncertain.remove(key);
      deleting.remove(key);
      return Result.DONE;
    }
    if (!created.seen(key)) {
      return Result.after(Limits.WRITE_UNSEEN);
    }
    List<Pod> owned =
        claims.claim(
            set,
            LabelSelectors.of(set.spec().selector()),
            uncertain.remove(key) ? live(set) : cached(set));
    List<Pod> active = withoutDeleted(key, owned.stream().filter(Pods::active).toList());
    int terminating =
        (int) owned.stream().filter(pod -> Pods.terminating(pod) && !Pods.ended(pod)).count();
    Failure failure = set.metadata().deletionTimestamp() == null ? scale(key, set, active) : null;
    Instant now = environment.clock().instant();
    report(set, ReplicaSetStatuses.of(set, active, terminating, failure, now));
    if (failure != null) {
      throw failure.cause();
    }
    Duration next = ReplicaSetStatuses.nextAvailable(set, active, now);
    return next == null ? Result.DONE : Result.after(next);
  }

  /** Pods that we have deleted count as gone even while the cache shows them as before. */
  private List<Pod> withoutDeleted(ObjectKey key, List<Pod> active) {
    Set<String> deleted = deleting.getOrDefault(key, Set.of());
    if (deleted.isEmpty()) {
      return active;
    }
    deleted.retainAll(active.stream().map(pod -> pod.metadata().uid()).toList());
    return active.stream().filter(pod -> !deleted.contains(pod.metadata().uid())).toList();
  }

  private List<Pod> cached(ReplicaSet set) {
    List<Pod> candidates =
        new ArrayList<>(podsByController.get(Absent.empty(set.metadata().uid())));
    LabelMatcher selector = LabelSelectors.of(Absent.never(set.spec()).selector());
    for (Pod pod : orphans.get(Absent.empty(set.metadata().namespace()))) {
      if (selector.matches(pod.metadata().labels())) {
        candidates.add(pod);
      }
    }
    return candidates;
  }

  private List<Pod> live(ReplicaSet set) {
    LabelMatcher selector = LabelSelectors.of(Absent.never(set.spec()).selector());
    return pods
        .inNamespace(set.metadata().namespace())
        .listAll(ListOptions.ALL.withLabels(selector.toString()))
        .items()
        .stream()
        .filter(pod -> Owners.controllerOf(pod) == null || Owners.controls(set, pod))
        .toList();
  }

  private @Nullable Failure scale(ObjectKey key, ReplicaSet set, List<Pod> active) {
    int wanted = Absent.or(Absent.never(set.spec()).replicas(), 1);
    int missing = wanted - active.size();
    if (missing > 0) {
      return create(key, set, Math.min(missing, Limits.REPLICA_BURST));
    }
    if (missing < 0) {
      return delete(key, set, active, Math.min(-missing, Limits.REPLICA_BURST));
    }
    return null;
  }

  /** Batches of 1, 2, 4 …: where creation fails, for a quota say, few are tried in vain. */
  private @Nullable Failure create(ObjectKey key, ReplicaSet set, int count) {
    Pod template = podOf(set);
    int made = 0;
    for (int batch = 1; made < count; batch *= 2) {
      int size = Math.min(batch, count - made);
      Queue<ApiException> refusals = new ConcurrentLinkedQueue<>();
      environment.runAll(
          "create-pods", Collections.nCopies(size, () -> createOne(key, set, template, refusals)));
      ApiException refused = refusals.peek();
      if (refused != null) {
        return namespaceGoing(refused) ? null : new Failure("FailedCreate", refused);
      }
      made += size;
    }
    return null;
  }

  private void createOne(
      ObjectKey key, ReplicaSet set, Pod template, Queue<ApiException> refusals) {
    try {
      Pod pod = pods.inNamespace(key.namespace()).create(template);
      created.wrote(key, pod);
      events.event(
          set,
          EventRecorder.Type.NORMAL,
          "SuccessfulCreate",
          "Created pod: " + pod.metadata().name());
    } catch (ApiException refused) {
      if (refused instanceof ApiException.Unavailable || refused instanceof ApiException.Timeout) {
        uncertain.add(key);
      }
      refusals.add(refused);
      if (!namespaceGoing(refused)) {
        events.event(
            set,
            EventRecorder.Type.WARNING,
            "FailedCreate",
            "Error creating: " + refused.getMessage());
      }
    }
  }

  private static boolean namespaceGoing(ApiException refused) {
    var details = refused.status().details();
    return refused instanceof ApiException.NotFound
        || (refused instanceof ApiException.Forbidden
            && details != null
            && details.causes().stream()
                .anyMatch(cause -> "NamespaceTerminating".equals(cause.reason())));
  }

  private static Pod podOf(ReplicaSet set) {
    PodTemplateSpec template = Absent.never(Absent.never(set.spec()).template());
    ObjectMeta given = Absent.or(template.metadata(), ObjectMeta.EMPTY);
    return Pod.builder()
        .metadata(
            ObjectMeta.builder()
                .generateName(set.metadata().name() + "-")
                .namespace(set.metadata().namespace())
                .labels(given.labels())
                .annotations(given.annotations())
                .finalizers(given.finalizers())
                .ownerReferences(
                    List.of(Owners.controllerReference(set, Resources.REPLICA_SETS.kind())))
                .build())
        .spec(template.spec())
        .build();
  }

  private @Nullable Failure delete(ObjectKey key, ReplicaSet set, List<Pod> active, int count) {
    Set<String> deleted = deleting.computeIfAbsent(key, any -> ConcurrentHashMap.newKeySet());
    Queue<ApiException> refusals = new ConcurrentLinkedQueue<>();
    environment.runAll(
        "delete-pods",
        DeletionOrder.sort(active, active, environment.clock().instant()).stream()
            .limit(count)
            .map(pod -> (Runnable) () -> deleteOne(set, pod, deleted, refusals))
            .toList());
    ApiException refused = refusals.peek();
    return refused == null ? null : new Failure("FailedDelete", refused);
  }

  private void deleteOne(
      ReplicaSet set, Pod pod, Set<String> deleted, Queue<ApiException> refusals) {
    String name = Absent.empty(pod.metadata().name());
    String uid = Absent.empty(pod.metadata().uid());
    DeleteOptions exactly =
        DeleteOptions.builder().preconditions(Preconditions.builder().uid(uid).build()).build();
    try {
      pods.inNamespace(pod.metadata().namespace()).delete(name, exactly);
      deleted.add(uid);
      events.event(set, EventRecorder.Type.NORMAL, "SuccessfulDelete", "Deleted pod: " + name);
    } catch (ApiException.NotFound | ApiException.Conflict gone) {
      deleted.add(uid);
    } catch (ApiException refused) {
      refusals.add(refused);
      events.event(
          set,
          EventRecorder.Type.WARNING,
          "FailedDelete",
          "Error deleting: " + refused.getMessage());
    }
  }

  private void report(ReplicaSet set, ReplicaSetStatus status) {
    if (!status.equals(set.status())) {
      sets.updateStatus(set.withStatus(status));
    }
  }
}

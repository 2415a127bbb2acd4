package dev.tiphys.controllermanager.garbage;

import dev.tiphys.api.meta.v1.DeleteOptions;
import dev.tiphys.api.meta.v1.OwnerReference;
import dev.tiphys.api.meta.v1.Preconditions;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.client.ApiException;
import dev.tiphys.client.Client;
import dev.tiphys.client.ObjectHead;
import dev.tiphys.client.Owners;
import dev.tiphys.client.ResourceClient;
import dev.tiphys.client.controller.Reconciler;
import dev.tiphys.controllermanager.Limits;
import dev.tiphys.controllermanager.common.Absent;
import dev.tiphys.controllermanager.garbage.Monitors.Found;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at one object: deletes it if all its owners are gone, lets go of owners that are, and if it
 * is itself being deleted in the foreground or by orphaning, does its part of that.
 *
 * <p>Caches only say where to look. Before anything is deleted the object and each owner that no
 * cache has are read from the API server.
 */
final class GarbageReconciler implements Reconciler<Item> {

  private static final Logger log = LoggerFactory.getLogger(GarbageReconciler.class);

  private final Client client;
  private final Monitors monitors;
  private final Consumer<Item> enqueue;
  private final Set<String> absentOwners =
      Collections.synchronizedSet(
          Collections.newSetFromMap(
              new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                  return size() > Limits.ABSENT_OWNERS;
                }
              }));

  GarbageReconciler(Client client, Monitors monitors, Consumer<Item> enqueue) {
    this.client = client;
    this.monitors = monitors;
    this.enqueue = enqueue;
  }

  /** An owner of a kind that nobody knows now; perhaps later. */
  private static final class UnknownOwnerException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Override
  public Result reconcile(Item item) {
    Optional<Found> cached = monitors.find(item.uid());
    if (cached.isEmpty()) {
      return Result.DONE;
    }
    ObjectHead head = cached.get().head();
    boolean special = Ownership.inForeground(head) || Ownership.orphaning(head);
    if (!special && (Ownership.going(head) || allInCache(head))) {
      return Result.DONE;
    }
    ResourceType<ObjectHead> type = monitors.typeOf(item);
    if (type == null) {
      return Result.DONE;
    }
    ResourceClient<ObjectHead> heads = client.heads(type).inNamespace(item.key().namespace());
    Optional<ObjectHead> live = heads.find(item.key().name());
    if (live.isEmpty() || !item.uid().equals(live.get().metadata().uid())) {
      return Result.DONE;
    }
    try {
      decide(item, live.get(), heads);
    } catch (UnknownOwnerException unknown) {
      return Result.after(Limits.DISCOVERY.plus(Duration.ofSeconds(1)));
    }
    return Result.DONE;
  }

  /** The cheap question first: whether each owner is in a cache and stays. */
  private boolean allInCache(ObjectHead head) {
    return head.metadata().ownerReferences().stream()
        .allMatch(owner ->
            monitors
                .find(Absent.empty(owner.uid()))
                .filter(found -> sameNamespace(found, head))
                .filter(found -> !Ownership.inForeground(found.head()))
                .isPresent());
  }

  /**
   * An owner with a namespace can only own in that namespace; other references count for nothing.
   */
  private static boolean sameNamespace(Found owner, ObjectHead dependent) {
    String namespace = owner.item().key().namespace();
    return namespace.isEmpty() || namespace.equals(Absent.empty(dependent.metadata().namespace()));
  }

  private void decide(Item item, ObjectHead live, ResourceClient<ObjectHead> heads) {
    if (Ownership.orphaning(live)) {
      orphan(item, live, heads);
      return;
    }
    if (Ownership.inForeground(live)) {
      finishForeground(item, live, heads);
      return;
    }
    if (Ownership.going(live)) {
      return;
    }
    List<Found> dependents = monitors.dependents(item.uid());
    switch (ownership(live).verdict(live, !dependents.isEmpty())) {
      case Ownership.Keep _ -> {}
      case Ownership.Disown(List<OwnerReference> remaining) -> {
        heads.patch(item.key().name(), Owners.replace(live.metadata(), remaining));
        log.info("event=disowned object=\"{}\"", item);
      }
      case Ownership.Delete(String propagation) -> {
        unblockCircle(item, live, dependents);
        delete(item, live, heads, propagation);
      }
    }
  }

  private Ownership ownership(ObjectHead object) {
    Ownership ownership = new Ownership(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (OwnerReference owner : object.metadata().ownerReferences()) {
      Optional<ObjectHead> found = liveOwner(owner, object);
      if (found.isEmpty()) {
        ownership.dangling().add(owner);
      } else if (Ownership.inForeground(found.get())
          && Boolean.TRUE.equals(owner.blockOwnerDeletion())) {
        ownership.waiting().add(owner);
      } else {
        ownership.solid().add(owner);
      }
    }
    return ownership;
  }

  private Optional<ObjectHead> liveOwner(OwnerReference owner, ObjectHead dependent) {
    String uid = Absent.empty(owner.uid());
    String namespace = Absent.empty(dependent.metadata().namespace());
    String memory = uid + " " + namespace;
    if (absentOwners.contains(memory)) {
      return Optional.empty();
    }
    ResourceType<ObjectHead> type = monitors.typeOf(owner);
    if (type == null) {
      log.debug("event=unknown-owner kind={} apiVersion={}", owner.kind(), owner.apiVersion());
      throw new UnknownOwnerException();
    }
    Optional<ObjectHead> found =
        type.namespaced() && namespace.isEmpty()
            ? Optional.empty()
            : client
                .heads(type)
                .inNamespace(type.namespaced() ? namespace : "")
                .find(Absent.empty(owner.name()))
                .filter(head -> uid.equals(head.metadata().uid()));
    if (found.isEmpty()) {
      // Uids never come back, so this stays true.
      absentOwners.add(memory);
    }
    return found;
  }

  private void delete(
      Item item, ObjectHead live, ResourceClient<ObjectHead> heads, String propagation) {
    DeleteOptions options =
        DeleteOptions.builder()
            .propagationPolicy(propagation)
            .preconditions(
                Preconditions.builder()
                    .uid(item.uid())
                    .resourceVersion(live.metadata().resourceVersion())
                    .build())
            .build();
    try {
      heads.delete(item.key().name(), options);
      log.info("event=garbage-deleted object=\"{}\" propagation={}", item, propagation);
    } catch (ApiException.NotFound gone) {
      log.debug("event=garbage-already-gone object=\"{}\"", item);
    }
  }

  /** Dependents that are deleted in the foreground must not wait for each other in a circle. */
  private void unblockCircle(Item item, ObjectHead live, List<Found> dependents) {
    boolean circle =
        dependents.stream()
            .anyMatch(each ->
                Ownership.inForeground(each.head())
                    && Ownership.reference(live, each.item().uid()).isPresent());
    if (circle) {
      ResourceType<ObjectHead> type = monitors.typeOf(item);
      if (type != null) {
        client
            .heads(type)
            .inNamespace(item.key().namespace())
            .patch(
                item.key().name(),
                Owners.replace(
                    live.metadata(),
                    live.metadata().ownerReferences().stream()
                        .map(owner -> owner.withBlockOwnerDeletion(false))
                        .toList()));
      }
    }
  }

  /** Lets an object go once nothing that it owns holds it up; until then, its dependents go. */
  private void finishForeground(Item item, ObjectHead live, ResourceClient<ObjectHead> heads) {
    List<Found> blocking =
        monitors.dependents(item.uid()).stream()
            .filter(each -> Ownership.blocks(each.head(), item.uid()))
            .toList();
    if (blocking.isEmpty()) {
      heads.patch(
          item.key().name(), Ownership.withoutFinalizer(live.metadata(), Ownership.FOREGROUND));
      log.info("event=foreground-deletion-finished object=\"{}\"", item);
      return;
    }
    blocking.stream()
        .filter(each -> !Ownership.going(each.head()))
        .forEach(each -> enqueue.accept(each.item()));
  }

  /** Takes an object that is on its way out off its dependents, then lets it go. */
  private void orphan(Item item, ObjectHead live, ResourceClient<ObjectHead> heads) {
    for (Found dependent : monitors.dependents(item.uid())) {
      ResourceType<ObjectHead> type = monitors.typeOf(dependent.item());
      if (type == null) {
        continue;
      }
      ResourceClient<ObjectHead> theirs =
          client.heads(type).inNamespace(dependent.item().key().namespace());
      Optional<ObjectHead> now = theirs.find(dependent.item().key().name());
      if (now.isPresent() && Ownership.reference(now.get(), item.uid()).isPresent()) {
        theirs.patch(
            dependent.item().key().name(),
            Owners.replace(
                now.get().metadata(),
                now.get().metadata().ownerReferences().stream()
                    .filter(owner -> !Absent.empty(owner.uid()).equals(item.uid()))
                    .toList()));
      }
    }
    heads.patch(item.key().name(), Ownership.withoutFinalizer(live.metadata(), Ownership.ORPHAN));
    log.info("event=orphaned-dependents object=\"{}\"", item);
  }
}

package dev.tiphys.apiserver.resource;

import dev.tiphys.api.meta.v1.DeleteOptions;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.apiserver.admission.Admission;
import dev.tiphys.apiserver.admission.Admission.Operation;
import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.request.DeletionOptions;
import dev.tiphys.apiserver.storage.Change;
import dev.tiphys.apiserver.storage.ObjectKey;
import dev.tiphys.apiserver.storage.Preconditions;
import dev.tiphys.apiserver.storage.ReadAt;
import dev.tiphys.apiserver.storage.ResourceStore;
import dev.tiphys.apiserver.storage.StorageException;
import dev.tiphys.apiserver.storage.Stored;
import dev.tiphys.apiserver.strategy.Strategy;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Deletes objects of one resource: at once, after a grace period, or when the last finalizer has
 * gone. How dependents fare is told by finalizers that the garbage collector takes off.
 * Thread-safe.
 */
public final class Deletes<T extends ApiObject> {

  private static final String ORPHAN = "orphan";
  private static final String FOREGROUND = "foregroundDeletion";

  private final ResourceType<T> type;
  private final Strategy<T> strategy;
  private final ResourceStore<T> store;
  private final Admission admission;
  private final Chance chance;

  Deletes(ServedResource<T> resource, ResourceStore<T> store, Admission admission, Chance chance) {
    this.type = resource.type();
    this.strategy = resource.strategy();
    this.store = store;
    this.admission = admission;
    this.chance = chance;
  }

  /**
   * What a deletion did.
   *
   * @param object its last state, or its state now
   * @param gone whether it is no longer there
   */
  public record Deleted<T extends ApiObject>(T object, boolean gone) {}

  /**
   * Deletes an object.
   *
   * @throws dev.tiphys.apiserver.request.ApiException if it is not there or may not be deleted
   */
  public Deleted<T> delete(User user, ObjectKey key, DeleteOptions options) {
    boolean dryRun = !options.dryRun().isEmpty();
    Admission.Request request =
        new Admission.Request(
            Operation.DELETE, type, "", key.namespace(), key.name(), user, dryRun);
    var wanted = DeletionOptions.preconditions(options);
    Preconditions preconditions = new Preconditions(wanted.uid(), wanted.resourceVersion());
    boolean[] gone = new boolean[1];
    try {
      if (dryRun) {
        Stored<T> present = store.get(key, ReadAt.LATEST);
        admission.validate(request, null, present.object());
        T next = next(present.object(), options);
        return new Deleted<>(next == null ? present.object() : next, next == null);
      }
      Stored<T> after =
          store.update(
              key,
              preconditions,
              present -> {
                admission.validate(request, null, present.object());
                T next = next(present.object(), options);
                gone[0] = next == null;
                return next == null ? new Change.Delete<>(null) : new Change.Put<>(next);
              });
      if (gone[0]) {
        strategy.freed(after.object());
      }
      return new Deleted<>(after.object(), gone[0]);
    } catch (StorageException e) {
      throw StoreErrors.of(e, type, key.name());
    }
  }

  /** The object as it stays for a while, or null if it is to vanish. */
  private @Nullable T next(T present, DeleteOptions options) {
    ObjectMeta meta = present.metadata();
    Long grace = strategy.gracePeriodSeconds(present, options.gracePeriodSeconds());
    List<String> finalizers = finalizers(meta.finalizers(), options);
    ObjectMeta next =
        meta.deletionTimestamp() == null
            ? marked(meta, grace == null ? 0 : grace)
            : shortened(meta, grace);
    T marked = strategy.markDeleted(Writes.with(present, next.withFinalizers(finalizers)));
    Long left = next.deletionGracePeriodSeconds();
    boolean over = left == null || left == 0;
    return over && strategy.released(marked) ? null : marked;
  }

  private ObjectMeta marked(ObjectMeta meta, long grace) {
    Instant now = chance.clock().instant().truncatedTo(ChronoUnit.SECONDS);
    Long generation = meta.generation();
    return meta.toBuilder()
        .deletionTimestamp(now.plusSeconds(grace))
        .deletionGracePeriodSeconds(grace)
        .generation(
            generation == null || generation == 0 ? generation : Long.valueOf(generation + 1))
        .build();
  }

  /** A second deletion can only make the time shorter. */
  private static ObjectMeta shortened(ObjectMeta meta, @Nullable Long grace) {
    Long present = meta.deletionGracePeriodSeconds();
    Instant ends = meta.deletionTimestamp();
    if (grace == null || present == null || ends == null || grace >= present) {
      return meta;
    }
    return meta.toBuilder()
        .deletionTimestamp(ends.minusSeconds(present - grace))
        .deletionGracePeriodSeconds(grace)
        .build();
  }

  private static List<String> finalizers(List<String> present, DeleteOptions options) {
    String policy = options.propagationPolicy();
    Boolean orphans = options.orphanDependents();
    if (policy == null && orphans == null) {
      return present;
    }
    boolean orphan = policy == null ? Boolean.TRUE.equals(orphans) : policy.equals("Orphan");
    boolean foreground = policy != null && policy.equals("Foreground");
    List<String> finalizers = new ArrayList<>(present);
    finalizers.remove(ORPHAN);
    finalizers.remove(FOREGROUND);
    if (orphan) {
      finalizers.add(ORPHAN);
    } else if (foreground) {
      finalizers.add(FOREGROUND);
    }
    return finalizers;
  }
}

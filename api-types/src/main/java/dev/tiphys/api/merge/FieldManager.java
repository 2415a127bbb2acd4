package dev.tiphys.api.merge;

import dev.tiphys.api.codec.DecodeException;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.merge.FieldWalk.Comparison;
import dev.tiphys.api.meta.v1.ManagedFieldsEntry;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.schema.StructType;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps book of who owns which field ({@code metadata.managedFields}) on every write, and does
 * server-side apply. Pure; thread-safe.
 *
 * @see <a href="https://kubernetes.io/docs/reference/using-api/server-side-apply/">Server-side
 *     apply</a>
 */
public final class FieldManager {

  /**
   * One write.
   *
   * @param manager who writes
   * @param apiVersion the version of the object that is sent
   * @param subresource the subresource written, empty for the object itself
   * @param ignored fields that this write cannot change, whatever is sent; they get no owner
   * @param now the time to note
   */
  public record Write(
      String manager, String apiVersion, String subresource, FieldSet ignored, Instant now) {

    private FieldOwner updater() {
      return new FieldOwner(manager, false, apiVersion, subresource);
    }

    private FieldOwner applier() {
      return new FieldOwner(manager, true, "", subresource);
    }
  }

  /** What the server fills in, or what has no sense in being owned. */
  private static final FieldSet UNOWNED =
      FieldSet.of("metadata", "name")
          .union(FieldSet.of("metadata"))
          .union(FieldSet.of("metadata", "namespace"))
          .union(FieldSet.of("metadata", "creationTimestamp"))
          .union(FieldSet.of("metadata", "selfLink"))
          .union(FieldSet.of("metadata", "uid"))
          .union(FieldSet.of("metadata", "generation"))
          .union(FieldSet.of("metadata", "managedFields"))
          .union(FieldSet.of("metadata", "resourceVersion"));

  private static final String KUBECTL = "kubectl";
  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  private FieldManager() {}

  /**
   * Notes in an object what a create, update or patch changes: fields with other values than before
   * go to who writes, fields that are gone go from everybody.
   *
   * @param live the object as it is; null for a create
   * @param updated the object as it is to be. If it carries managedFields of its own they count,
   *     for managers may clear or correct them; else those of the live object.
   * @throws PatchException if the managedFields sent are malformed
   */
  @SuppressWarnings("unchecked")
  public static <T extends ApiObject> T update(@Nullable T live, T updated, Write write) {
    List<ManagedFieldsEntry> before = baseEntries(live, updated, write);
    Comparison changes = FieldWalk.compare(live, updated).without(write.ignored());
    boolean sameBook = live != null && before.equals(live.metadata().managedFields());
    if (changes.isEmpty() && sameBook) {
      return (T) withEntries(updated, before);
    }
    FieldOwners owners = FieldOwners.of(before);
    for (FieldOwner owner : owners.all()) {
      owners.change(owner, fields -> fields.minus(changes.changed()).minus(changes.removed()));
    }
    FieldSet taken = changes.changed().minus(UNOWNED);
    if (!taken.isEmpty()) {
      FieldOwner updater = write.updater();
      FieldSet all = owners.fieldsOf(updater).union(taken);
      owners.set(updater, all, write.apiVersion(), write.now());
      owners.cap();
    }
    return (T) withEntries(updated, owners.entries());
  }

  private static List<ManagedFieldsEntry> baseEntries(
      @Nullable ApiObject live, ApiObject updated, Write write) {
    List<ManagedFieldsEntry> sent = updated.metadata().managedFields();
    if (write.subresource().isEmpty() && !sent.isEmpty()) {
      boolean cleared = sent.size() == 1 && sent.getFirst().equals(ManagedFieldsEntry.EMPTY);
      return cleared ? List.of() : sent;
    }
    return live == null ? List.of() : live.metadata().managedFields();
  }

  private static ApiObject withEntries(ApiObject object, List<ManagedFieldsEntry> entries) {
    ObjectMeta metadata = object.metadata();
    return metadata.managedFields().equals(entries)
        ? object
        : object.withMetadata(metadata.withManagedFields(entries));
  }

  /**
   * What is said of a configuration with fields that its kind does not have.
   *
   * @param paths of these fields, as {@code spec.foo}
   */
  public static String undeclared(ApiObject config, List<String> paths) {
    return ApplyCheck.undeclared(config, paths);
  }

  /**
   * Applies a configuration: what it sets is set and owned; what its manager applied before, does
   * not set any more, and nobody else owns, is removed.
   *
   * @param live the object as it is; null if there is none
   * @param config what is applied, without defaults
   * @param force whether fields of others are taken from them
   * @return the object to be stored; the live instance if nothing changes
   * @throws ApplyConflictException if others own fields that would change, and there is no force
   * @throws PatchException if the configuration is malformed
   */
  @SuppressWarnings("unchecked")
  public static <T extends ApiObject> T apply(
      @Nullable T live, T config, Write write, boolean force) {
    ApplyCheck.check(config);
    T from =
        live != null
            ? live
            : (T)
                config
                    .structType()
                    .create(new @Nullable Object[config.structType().fields().size()]);
    T applied;
    try {
      applied = applyTo(from, config, write, force);
    } catch (ApplyConflicts e) {
      if (!write.manager().equals(KUBECTL)) {
        throw new ApplyConflictException(e.conflicts);
      }
      Map<FieldOwner, FieldSet> rest = e.without(lastApplied(from));
      if (!rest.isEmpty()) {
        throw new ApplyConflictException(rest);
      }
      applied = applyTo(from, config, write, true);
    }
    return write.manager().equals(KUBECTL) ? withLastApplied(applied, config) : applied;
  }

  @SuppressWarnings("unchecked")
  private static <T extends ApiObject> T applyTo(T live, T config, Write write, boolean force) {
    FieldOwner applier = write.applier();
    List<ManagedFieldsEntry> before = live.metadata().managedFields();
    FieldOwners owners = FieldOwners.of(before);
    FieldSet last = owners.fieldsOf(applier);
    FieldSet all = FieldWalk.fieldsOf(config).minusBelow(write.ignored());
    FieldSet fields = all.minus(UNOWNED);
    Struct merged = ApplyMerge.merge(live, config);
    // With the name in it, for metadata must not count as without owner.
    FieldSet owned = all.union(owners.fieldsOfOthers(applier));
    Struct result = ApplyMerge.remove(merged, last, owned);
    Comparison changes = FieldWalk.compare(live, result).without(write.ignored());
    Map<FieldOwner, FieldSet> conflicts = new LinkedHashMap<>();
    for (FieldOwner owner : owners.all()) {
      if (!owner.equals(applier)) {
        FieldSet taken = owners.fieldsOf(owner).intersection(changes.changed());
        if (!taken.isEmpty()) {
          conflicts.put(owner, taken);
        }
        owners.change(owner, set -> set.minus(taken).minus(changes.removed()));
      }
    }
    if (!conflicts.isEmpty() && !force) {
      throw new ApplyConflicts(conflicts);
    }
    boolean sameOwner =
        fields.equals(last)
            && owners.timeOf(applier) != null
            && owners.versionOf(applier).equals(write.apiVersion());
    boolean same = sameOwner && changes.isEmpty();
    owners.set(applier, fields, write.apiVersion(), same ? owners.timeOf(applier) : write.now());
    return (T) withEntries((ApiObject) result, same ? before : owners.entries());
  }

  /**
   * The fields that an object owes to client-side apply: those of its last-applied annotation that
   * still have the same value. kubectl may take them over by server-side apply without force.
   */
  private static FieldSet lastApplied(ApiObject live) {
    String annotation = live.metadata().annotations().get(LAST_APPLIED);
    if (annotation == null) {
      return FieldSet.EMPTY;
    }
    try {
      Struct last = JsonCodec.decode(annotation, (StructType<?>) live.structType());
      Comparison changes = FieldWalk.compare(last, live);
      return FieldWalk.fieldsOf(last).minus(changes.changed()).minus(changes.removed());
    } catch (DecodeException e) {
      // Whoever wrote the annotation by hand gets the conflicts as they are.
      return FieldSet.EMPTY;
    }
  }

  /** Keeps the annotation of client-side apply true where there is one. */
  @SuppressWarnings("unchecked")
  private static <T extends ApiObject> T withLastApplied(T applied, T config) {
    Map<String, String> annotations = applied.metadata().annotations();
    if (!annotations.containsKey(LAST_APPLIED)) {
      return applied;
    }
    ObjectMeta metadata = config.metadata();
    Map<String, String> own = new LinkedHashMap<>(metadata.annotations());
    own.remove(LAST_APPLIED);
    String text =
        JsonCodec.encodeToString(
                config.withMetadata(metadata.withAnnotations(own).withManagedFields(List.of())))
            + "\n";
    if (text.length() > Limits.MAX_LAST_APPLIED || text.equals(annotations.get(LAST_APPLIED))) {
      return applied;
    }
    Map<String, String> all = new LinkedHashMap<>(annotations);
    all.put(LAST_APPLIED, text);
    return (T) applied.withMetadata(applied.metadata().withAnnotations(all));
  }

  /** Conflicts before it is known whether they matter. */
  private static final class ApplyConflicts extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Map<FieldOwner, FieldSet> conflicts;

    ApplyConflicts(Map<FieldOwner, FieldSet> conflicts) {
      super(null, null, false, false);
      this.conflicts = conflicts;
    }

    Map<FieldOwner, FieldSet> without(FieldSet allowed) {
      Map<FieldOwner, FieldSet> rest = new LinkedHashMap<>();
      conflicts.forEach((owner, fields) -> {
        FieldSet left = fields.minus(allowed);
        if (!left.isEmpty()) {
          rest.put(owner, left);
        }
      });
      return rest;
    }
  }
}

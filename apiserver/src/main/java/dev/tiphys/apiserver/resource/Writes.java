package dev.tiphys.apiserver.resource;

import dev.tiphys.api.merge.Defaults;
import dev.tiphys.api.merge.FieldManager;
import dev.tiphys.api.merge.PatchException;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.api.value.RawJson;
import dev.tiphys.apiserver.admission.Admission;
import dev.tiphys.apiserver.admission.Admission.Operation;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.storage.Change;
import dev.tiphys.apiserver.storage.ObjectKey;
import dev.tiphys.apiserver.storage.Preconditions;
import dev.tiphys.apiserver.storage.ReadAt;
import dev.tiphys.apiserver.storage.ResourceStore;
import dev.tiphys.apiserver.storage.StorageException;
import dev.tiphys.apiserver.storage.Stored;
import dev.tiphys.apiserver.strategy.AddressRatchet;
import dev.tiphys.apiserver.strategy.Reservation;
import dev.tiphys.apiserver.strategy.Strategy;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Creates and changes objects of one resource: what holds for every kind, around the kind's own
 * strategy. Thread-safe.
 *
 * <p>A change is a function from the present object to the wanted one, so that it can be tried
 * again when another writer was faster; a wanted object that names a {@code resourceVersion} other
 * than the present one is a conflict.
 */
public final class Writes<T extends ApiObject> {

  private final ServedResource<T> resource;
  private final ResourceType<T> type;
  private final Strategy<T> strategy;
  private final ResourceStore<T> store;
  private final Admission admission;
  private final Chance chance;

  Writes(ServedResource<T> resource, ResourceStore<T> store, Admission admission, Chance chance) {
    this.resource = resource;
    this.type = resource.type();
    this.strategy = resource.strategy();
    this.store = store;
    this.admission = admission;
    this.chance = chance;
  }

  /**
   * Creates an object.
   *
   * @param namespace of the request; empty for cluster scope
   * @throws ApiException if it is refused
   */
  public Written<T> create(WriteContext context, String namespace, T body) {
    boolean generates = text(body.metadata().name()).isEmpty();
    int attempts = generates ? Limits.GENERATED_NAME_ATTEMPTS : 1;
    while (true) {
      attempts--;
      T object = fresh(context, namespace, body);
      try {
        return insert(context, object);
      } catch (StorageException.AlreadyExists e) {
        if (attempts == 0) {
          throw alreadyExists(object, e);
        }
      } catch (StorageException e) {
        throw StoreErrors.of(e, type, text(object.metadata().name()));
      }
    }
  }

  private ApiException alreadyExists(T object, StorageException failure) {
    String name = text(object.metadata().name());
    Stored<T> present = store.find(keyOf(object), ReadAt.ANY);
    ApiException exists = StoreErrors.of(failure, type, name);
    return present != null && present.object().metadata().deletionTimestamp() != null
        ? new ApiException(
            exists.reason(), "object is being deleted: " + exists.text(), exists.details())
        : exists;
  }

  private Written<T> insert(WriteContext context, T object) {
    ObjectKey key = keyOf(object);
    Strategy.Reserved<T> reserved = strategy.reserve(object, null, context.dryRun());
    boolean stored = false;
    try {
      if (context.dryRun()) {
        if (store.find(key, ReadAt.LATEST) != null) {
          throw ApiException.alreadyExists(type.group(), type.plural(), key.name());
        }
        return Written.dryRun(reserved.object(), true);
      }
      Stored<T> made = store.create(key, reserved.object(), resource.timeToLive());
      stored = true;
      return Written.of(made, true);
    } finally {
      end(reserved.reservation(), stored);
    }
  }

  private static void end(Reservation reservation, boolean stored) {
    if (stored) {
      reservation.commit();
    } else {
      reservation.release();
    }
  }

  /** The object as it is to be stored for the first time. */
  private T fresh(WriteContext context, String namespace, T body) {
    if (!text(body.metadata().resourceVersion()).isEmpty()) {
      throw ApiException.badRequest("resourceVersion should not be set on objects to be created");
    }
    T object = strategy.withDefaults(Defaults.apply(inNamespace(body, namespace)));
    Admission.Request request =
        new Admission.Request(
            Operation.CREATE,
            type,
            "",
            namespace,
            text(object.metadata().name()),
            context.user(),
            context.dryRun(),
            context.warnings(),
            context.annotations());
    // Before admission, as upstream: a manager owns what it sent, not what plug-ins add to it.
    object = owned(context, object, null, Part.whole(strategy));
    object = admitted(request, object, null);
    // First, for some kinds derive from the uid what they are stored with.
    object = with(object, born(object));
    object = strategy.prepareForCreate(object);
    FieldErrors errors = new FieldErrors();
    MetaRules.validate(object, type.namespaced(), strategy, errors);
    strategy.validate(object, errors);
    refuse(object, errors);
    admission.validate(request, object, null);
    strategy.warnings(object, null).forEach(context.warnings());
    return object;
  }

  /** The object after admission; what that left out is filled in as if a client had. */
  private T admitted(Admission.Request request, T object, @Nullable T old) {
    T admitted = admission.mutate(request, object, old);
    return admitted == object ? object : strategy.withDefaults(admitted);
  }

  private ObjectMeta born(T object) {
    ObjectMeta meta = object.metadata();
    String name = text(meta.name());
    String base = text(meta.generateName());
    return meta.toBuilder()
        .name(
            name.isEmpty() && !base.isEmpty()
                ? GeneratedNames.of(base, chance.random())
                : meta.name())
        .uid(chance.uuids().get().toString())
        .creationTimestamp(chance.clock().instant().truncatedTo(ChronoUnit.SECONDS))
        .deletionTimestamp(null)
        .deletionGracePeriodSeconds(null)
        .selfLink(null)
        .generation(strategy.countsGenerations(object) ? Long.valueOf(1) : null)
        .build();
  }

  private T inNamespace(T object, String namespace) {
    String own = text(object.metadata().namespace());
    if (own.equals(namespace)) {
      return object;
    }
    if (own.isEmpty()) {
      return with(object, object.metadata().withNamespace(namespace));
    }
    if (!type.namespaced()) {
      return object; // told by validation
    }
    throw ApiException.badRequest(
        "the namespace of the provided object does not match the namespace sent on the request");
  }

  /**
   * Replaces an object by what a client sent, or creates it where the kind allows that.
   *
   * @throws ApiException if it is refused
   */
  public Written<T> replace(WriteContext context, ObjectKey key, Part<T> part, T body) {
    return change(context, key, part, _ -> body, strategy.createsOnUpdate() ? body : null);
  }

  /**
   * Changes an object.
   *
   * @param edit from the present object to the wanted one; pure
   * @throws ApiException if it is refused
   */
  public Written<T> modify(
      WriteContext context, ObjectKey key, Part<T> part, UnaryOperator<T> edit) {
    return change(context, key, part, edit, null);
  }

  /**
   * Changes an object, or creates it.
   *
   * @param initial what to create if there is none; null to refuse
   */
  public Written<T> change(
      WriteContext context,
      ObjectKey key,
      Part<T> part,
      UnaryOperator<T> edit,
      @Nullable T initial) {
    Attempt attempt = new Attempt(context, part, edit);
    boolean done = false;
    try {
      Written<T> written =
          context.dryRun()
              ? dryRun(context, key, attempt, initial)
              : stored(context, key, attempt, initial);
      done = !context.dryRun();
      return written;
    } catch (StorageException e) {
      throw StoreErrors.of(e, type, key.name());
    } finally {
      end(attempt.reservation, done);
    }
  }

  private Written<T> dryRun(
      WriteContext context, ObjectKey key, Attempt attempt, @Nullable T initial) {
    Stored<T> present = store.find(key, ReadAt.LATEST);
    if (present == null) {
      return Written.dryRun(fresh(context, key.namespace(), creatable(key, initial)), true);
    }
    return Written.dryRun(attempt.next(present.object()), false);
  }

  private Written<T> stored(
      WriteContext context, ObjectKey key, Attempt attempt, @Nullable T initial) {
    if (initial == null) {
      return Written.of(
          store.update(key, Preconditions.NONE, present -> attempt.change(present.object())),
          false);
    }
    ResourceStore.Upserted<T> upserted =
        store.upsert(
            key,
            Preconditions.NONE,
            present ->
                present == null
                    ? new Change.Put<>(
                        attempt.reserve(
                            fresh(context, key.namespace(), creatable(key, initial)), null),
                        resource.timeToLive())
                    : attempt.change(present.object()));
    return Written.of(upserted.stored(), upserted.created());
  }

  private T creatable(ObjectKey key, @Nullable T initial) {
    if (initial == null) {
      throw ApiException.notFound(type.group(), type.plural(), key.name());
    }
    if (!text(initial.metadata().resourceVersion()).isEmpty()) {
      // A version that is named must be there: to create in its place would hide a deletion.
      throw ApiException.notFound(type.group(), type.plural(), key.name());
    }
    return with(initial, initial.metadata().withName(key.name()));
  }

  /** One change, perhaps tried several times, and what it holds meanwhile. */
  private final class Attempt {

    private final WriteContext context;
    private final Part<T> part;
    private final UnaryOperator<T> edit;
    private Reservation reservation = Reservation.NONE;

    Attempt(WriteContext context, Part<T> part, UnaryOperator<T> edit) {
      this.context = context;
      this.part = part;
      this.edit = edit;
    }

    Change<T> change(T old) {
      T object = next(old);
      ObjectMeta meta = object.metadata();
      Long grace = meta.deletionGracePeriodSeconds();
      if (meta.deletionTimestamp() != null
          && (grace == null || grace == 0)
          && strategy.released(object)) {
        return new Change.Delete<>(object);
      }
      return new Change.Put<>(object, resource.timeToLive());
    }

    T reserve(T object, @Nullable T old) {
      reservation.release();
      Strategy.Reserved<T> reserved = strategy.reserve(object, old, context.dryRun());
      reservation = reserved.reservation();
      return reserved.object();
    }

    T next(T old) {
      T object = edit.apply(old);
      if (object == old) {
        return old;
      }
      object = strategy.withDefaults(Defaults.apply(object));
      checkVersion(object, old);
      object = with(object, inherited(object.metadata(), old.metadata()));
      Admission.Request request =
          new Admission.Request(
              Operation.UPDATE,
              type,
              part.subresource(),
              text(old.metadata().namespace()),
              text(old.metadata().name()),
              context.user(),
              context.dryRun(),
              context.warnings(),
              context.annotations());
      object = admitted(request, object, old);
      object = part.keep().apply(object, old);
      if (strategy.countsGenerations(object) && strategy.changesGeneration(object, old)) {
        Long generation = old.metadata().generation();
        object =
            with(object, object.metadata().withGeneration(generation == null ? 1 : generation + 1));
      }
      object = owned(context, object, old, part);
      FieldErrors errors = new FieldErrors();
      MetaRules.validate(object, type.namespaced(), strategy, errors);
      MetaRules.validateUpdate(object.metadata(), old.metadata(), errors);
      part.check().apply(object, old, errors);
      AddressRatchet.forgive(errors, old, part.check());
      refuse(object, errors);
      admission.validate(request, object, old);
      warnings(object, old).forEach(context.warnings());
      return part.subresource().isEmpty() ? reserve(object, old) : object;
    }

    private List<String> warnings(T object, T old) {
      return switch (part.subresource()) {
        case "" -> strategy.warnings(object, old);
        case "status" -> strategy.statusWarnings(object);
        default -> List.of();
      };
    }
  }

  private T owned(WriteContext context, T object, @Nullable T old, Part<T> part) {
    if (!context.tracksOwners()) {
      return object;
    }
    try {
      return FieldManager.update(old, object, ownership(context, part));
    } catch (PatchException e) {
      throw ApiException.badRequest(String.valueOf(e.getMessage()));
    }
  }

  FieldManager.Write ownership(WriteContext context, Part<T> part) {
    return new FieldManager.Write(
        context.options().fieldManager(),
        type.kind().apiVersion(),
        part.subresource(),
        part.ignored(),
        chance.clock().instant().truncatedTo(ChronoUnit.SECONDS));
  }

  private void checkVersion(T object, T old) {
    String wanted = text(object.metadata().resourceVersion());
    String name = text(old.metadata().name());
    if (wanted.isEmpty() || wanted.equals("0")) {
      if (!strategy.updatesUnconditionally()) {
        FieldErrors errors = new FieldErrors();
        errors.invalid(
            Path.of("metadata", "resourceVersion"),
            new RawJson("0x0"),
            "must be specified for an update");
        throw ApiException.invalid(type.group(), type.kind().kind(), name, errors.list());
      }
    } else if (!wanted.equals(old.metadata().resourceVersion())) {
      throw ApiException.modified(type.group(), type.plural(), name);
    }
    String uid = text(object.metadata().uid());
    if (!uid.isEmpty() && !uid.equals(old.metadata().uid())) {
      throw ApiException.conflict(
          type.group(),
          type.plural(),
          name,
          "Precondition failed: UID in precondition: "
              + uid
              + ", UID in object meta: "
              + old.metadata().uid());
    }
  }

  /** What a client may leave out of an update, and what it may not set at all. */
  private static ObjectMeta inherited(ObjectMeta meta, ObjectMeta old) {
    return meta.toBuilder()
        .name(text(meta.name()).isEmpty() ? old.name() : meta.name())
        .namespace(text(meta.namespace()).isEmpty() ? old.namespace() : meta.namespace())
        .uid(old.uid())
        .resourceVersion(old.resourceVersion())
        .generation(old.generation())
        .selfLink(old.selfLink())
        .creationTimestamp(
            meta.creationTimestamp() == null ? old.creationTimestamp() : meta.creationTimestamp())
        .deletionTimestamp(
            meta.deletionTimestamp() == null ? old.deletionTimestamp() : meta.deletionTimestamp())
        .deletionGracePeriodSeconds(
            meta.deletionGracePeriodSeconds() == null
                ? old.deletionGracePeriodSeconds()
                : meta.deletionGracePeriodSeconds())
        .build();
  }

  private void refuse(T object, FieldErrors errors) {
    if (!errors.isEmpty()) {
      throw ApiException.invalid(
          type.group(), type.kind().kind(), text(object.metadata().name()), errors.list());
    }
  }

  private ObjectKey keyOf(T object) {
    return new ObjectKey(
        text(object.metadata().namespace()), Objects.requireNonNull(object.metadata().name()));
  }

  @SuppressWarnings("unchecked") // withMetadata of a record returns the same record class
  static <T extends ApiObject> T with(T object, ObjectMeta metadata) {
    return (T) object.withMetadata(metadata);
  }

  static String text(@Nullable String value) {
    return value == null ? "" : value;
  }
}

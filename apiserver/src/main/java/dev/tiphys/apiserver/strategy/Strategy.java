package dev.tiphys.apiserver.strategy;

import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.validation.FieldErrors;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A kind's own rules. The defaults suit a kind with a {@code spec}, perhaps a {@code status}
 * written through its subresource, named by a DNS subdomain, and without rules of its own.
 *
 * <p>A write runs: {@link #withDefaults}, admission, {@link #prepareForCreate} or {@link
 * #prepareForUpdate}, {@link #validate} or {@link #validateUpdate}, {@link #reserve}, store. What
 * holds for every kind (metadata syntax, names and namespaces, resourceVersion, uid,
 * creationTimestamp, generation, managedFields, immutable metadata, finalizers) is done by the
 * verbs and not repeated here. Implementations are immutable and thread-safe, and never change
 * their arguments (records cannot).
 *
 * @param <T> the kind's record
 */
public interface Strategy<T extends ApiObject> {

  /**
   * Fills what the schema's defaults cannot: values that follow from other fields ({@code
   * imagePullPolicy} from the tag). Runs on everything a client sends, after the schema's own
   * defaults; must be idempotent.
   */
  default T withDefaults(T object) {
    return object;
  }

  /**
   * What is wrong with a name, in the API's words; empty for a good one.
   *
   * @param prefix whether the name is a {@code generateName}, to which letters will be appended
   */
  default List<String> nameFaults(String name, boolean prefix) {
    return DnsNames.subdomain(prefix ? DnsNames.maskTrailingDash(name) : name);
  }

  /** Makes a new object fit to be stored: by default, drops the status that a client sent. */
  default T prepareForCreate(T object) {
    return StatusPart.clear(object);
  }

  /**
   * Says what is wrong with an object's spec. Also runs, after the changes' own rules, on updates.
   */
  default void validate(T object, FieldErrors errors) {}

  /** Keeps what this path may not change: by default, the status stays as it was. */
  default T prepareForUpdate(T object, T old) {
    return StatusPart.copy(old, object);
  }

  /** Says what is wrong with a change; by default, that the new object must be valid by itself. */
  default void validateUpdate(T object, T old, FieldErrors errors) {
    validate(object, errors);
  }

  /**
   * Keeps what the status subresource may not change: by default, everything but the status, and of
   * the metadata annotations, finalizers and managed fields.
   */
  default T prepareForStatusUpdate(T object, T old) {
    return StatusPart.onlyStatusOf(object, old);
  }

  /** Says what is wrong with a change of the status. */
  default void validateStatusUpdate(T object, T old, FieldErrors errors) {}

  /**
   * The rules of a subresource besides {@code status} that reads and writes a part of the object.
   *
   * @return null if the kind has no such subresource
   */
  default @Nullable PartRules<T> part(String subresource) {
    return null;
  }

  /**
   * Sentences for {@code Warning} headers: deprecated fields, values without effect.
   *
   * @param old null on create
   */
  default List<String> warnings(T object, @Nullable T old) {
    return List.of();
  }

  /** Sentences for {@code Warning} headers of who writes a status. */
  default List<String> statusWarnings(T object) {
    return List.of();
  }

  /** Whether the status is written through a subresource of its own only, if there is one. */
  default boolean keepsStatusApart() {
    return true;
  }

  /** Whether PUT to a name that does not exist creates the object. */
  default boolean createsOnUpdate() {
    return false;
  }

  /** Whether an update without {@code resourceVersion} overwrites whatever is stored. */
  default boolean updatesUnconditionally() {
    return true;
  }

  /**
   * Whether {@code metadata.generation} counts changes of everything but metadata and status; by
   * default for kinds with both a spec and a status.
   */
  default boolean countsGenerations(T object) {
    return object.structType().field("spec") != null && object.structType().field("status") != null;
  }

  /**
   * Whether two versions of an object differ in what {@code metadata.generation} counts; by
   * default, any field but metadata and status.
   */
  default boolean changesGeneration(T object, T old) {
    return StatusPart.differsBesidesStatus(object, old);
  }

  /** Field selectors of the kind besides {@code metadata.name} and {@code metadata.namespace}. */
  default List<String> selectableFields() {
    return List.of();
  }

  /**
   * The one of {@link #selectableFields} by which very many watchers each select a value of their
   * own, as kubelets do with {@code spec.nodeName}; null for none.
   */
  default @Nullable String watchIndexField() {
    return null;
  }

  /** The value of one of {@link #selectableFields}; empty if the field is unset. */
  default String fieldValue(T object, String field) {
    throw new IllegalArgumentException("not selectable: " + field);
  }

  /**
   * How an object is deleted: at once, or after a time in which whoever runs it winds it up.
   *
   * @param requestedSeconds {@code gracePeriodSeconds} of the request, or null
   * @return seconds to set in {@code deletionGracePeriodSeconds}; 0 deletes at once; null for kinds
   *     without graceful deletion
   */
  default @Nullable Long gracePeriodSeconds(T object, @Nullable Long requestedSeconds) {
    return null;
  }

  /**
   * Whether nothing keeps a deleted object any more; by default, when it has no finalizers. A
   * deleted object that is released so vanishes with the write that releases it.
   */
  default boolean released(T object) {
    return object.metadata().finalizers().isEmpty();
  }

  /** What a deletion changes besides the metadata, if the object stays for a while. */
  default T markDeleted(T object) {
    return object;
  }

  /**
   * Allocates what must be unique in the cluster (service addresses, node ports), after validation.
   *
   * @param old null on create
   * @return the object with what was allocated, and how to keep or give it back
   * @throws dev.tiphys.apiserver.request.ApiException if an asked-for value is taken or none is
   *     left
   */
  default Reserved<T> reserve(T object, @Nullable T old, boolean dryRun) {
    return new Reserved<>(object, Reservation.NONE);
  }

  /** Gives back what a deleted object held. Called after the store has forgotten it. */
  default void freed(T object) {}

  /**
   * An object with its allocations.
   *
   * @param reservation to be committed once the object is stored, released if it is not
   */
  record Reserved<T>(T object, Reservation reservation) {}
}

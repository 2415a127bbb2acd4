package dev.tiphys.apiserver.strategy.storage;

import dev.tiphys.api.core.v1.PersistentVolumeClaim;
import dev.tiphys.api.core.v1.PersistentVolumeClaimSpec;
import dev.tiphys.api.core.v1.PersistentVolumeClaimStatus;
import dev.tiphys.api.core.v1.TypedLocalObjectReference;
import dev.tiphys.api.core.v1.TypedObjectReference;
import dev.tiphys.api.core.v1.VolumeResourceRequirements;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.names.LabelNames;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.api.value.Quantity;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.StatusPart;
import dev.tiphys.apiserver.strategy.Strategy;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rules of PersistentVolumeClaim. */
public final class ClaimRules {

  static final List<String> ACCESS_MODES =
      List.of("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod");

  private static final Path SPEC = Path.of("spec");
  private static final String STORAGE = "storage";
  private static final List<String> RESIZING =
      List.of(
          "ControllerResizeInProgress",
          "ControllerResizeInfeasible",
          "NodeResizePending",
          "NodeResizeInProgress",
          "NodeResizeInfeasible");

  private ClaimRules() {}

  /** The rules. */
  public static Strategy<PersistentVolumeClaim> rules() {
    return KindRules.<PersistentVolumeClaim>builder()
        .defaults(ClaimRules::fill)
        .create(claim ->
            claim.withStatus(PersistentVolumeClaimStatus.builder().phase("Pending").build()))
        .validate((claim, errors) -> validate(in(claim), SPEC, errors))
        .change(ClaimRules::change)
        .statusChange(ClaimRules::changeStatus)
        .warnings(ClaimRules::warn)
        .generations(false)
        .build();
  }

  private static PersistentVolumeClaimSpec in(PersistentVolumeClaim claim) {
    return Objects.requireNonNullElse(claim.spec(), PersistentVolumeClaimSpec.EMPTY);
  }

  /** The two fields for a source are one: what stands in the older is copied to the newer. */
  private static PersistentVolumeClaim fill(PersistentVolumeClaim claim) {
    PersistentVolumeClaim filled =
        claim.status() == null || claim.status().phase() == null
            ? StatusPart.copy(
                claim.withStatus(
                    Objects.requireNonNullElse(claim.status(), PersistentVolumeClaimStatus.EMPTY)
                        .withPhase("Pending")),
                claim)
            : claim;
    PersistentVolumeClaimSpec spec = in(claim);
    TypedLocalObjectReference source = spec.dataSource();
    TypedObjectReference reference = spec.dataSourceRef();
    if (source != null && reference == null) {
      return filled.withSpec(
          spec.withDataSourceRef(
              TypedObjectReference.builder()
                  .apiGroup(source.apiGroup())
                  .kind(source.kind())
                  .name(source.name())
                  .build()));
    }
    if (reference != null && source == null && reference.namespace() == null) {
      return filled.withSpec(
          spec.withDataSource(
              TypedLocalObjectReference.builder()
                  .apiGroup(reference.apiGroup())
                  .kind(reference.kind())
                  .name(reference.name())
                  .build()));
    }
    return filled;
  }

  /** Says what is wrong with a claim's spec, or with one that claims will be made of. */
  public static void validate(PersistentVolumeClaimSpec spec, Path path, FieldErrors errors) {
    if (spec.accessModes().isEmpty()) {
      errors.required(path.child("accessModes"), "at least 1 access mode is required");
    }
    checkModes(spec.accessModes(), path.child("accessModes"), errors);
    Checks.selector(spec.selector(), path.child("selector"), errors);
    VolumeResourceRequirements resources =
        Objects.requireNonNullElse(spec.resources(), VolumeResourceRequirements.EMPTY);
    Quantity storage = resources.requests().get(STORAGE);
    Path at = path.child("resources").key(STORAGE);
    if (storage == null) {
      errors.required(at, "");
    } else if (storage.signum() <= 0) {
      errors.invalid(at, storage.toString(), "must be greater than zero");
    }
    checkClass(spec.storageClassName(), path.child("storageClassName"), errors);
    Checks.oneOf(
        spec.volumeMode(), List.of("Block", "Filesystem"), path.child("volumeMode"), errors);
    validateSources(spec, path, errors);
    checkClass(spec.volumeAttributesClassName(), path.child("volumeAttributesClassName"), errors);
  }

  private static void validateSources(
      PersistentVolumeClaimSpec spec, Path path, FieldErrors errors) {
    TypedLocalObjectReference source = spec.dataSource();
    TypedObjectReference reference = spec.dataSourceRef();
    if (source != null) {
      Path at = path.child("dataSource");
      validateSource(source.apiGroup(), source.kind(), source.name(), at, errors);
    }
    if (reference == null) {
      return;
    }
    Path at = path.child("dataSourceRef");
    validateSource(reference.apiGroup(), reference.kind(), reference.name(), at, errors);
    String namespace = reference.namespace() == null ? "" : reference.namespace();
    if (!namespace.isEmpty()) {
      errors.invalid(at.child("namespace"), namespace, DnsNames.label(namespace));
    }
    if (source == null) {
      return;
    }
    String shown = path.child("dataSource").toString();
    if (!namespace.isEmpty()) {
      errors.invalid(path, shown, "may not be specified when dataSourceRef.namespace is specified");
    } else if (!Objects.equals(source.apiGroup(), reference.apiGroup())
        || !Objects.equals(source.kind(), reference.kind())
        || !Objects.equals(source.name(), reference.name())) {
      errors.invalid(path, shown, "must match dataSourceRef");
    }
  }

  private static void validateSource(
      @Nullable String group,
      @Nullable String kind,
      @Nullable String name,
      Path path,
      FieldErrors errors) {
    Checks.present(name, path.child("name"), errors);
    Checks.present(kind, path.child("kind"), errors);
    if (group != null && !group.isEmpty()) {
      errors.invalid(path.child("apiGroup"), group, DnsNames.subdomain(group));
    } else if (!"PersistentVolumeClaim".equals(kind)) {
      errors.invalid(
          path,
          kind == null ? "" : kind,
          "must be 'PersistentVolumeClaim' when referencing the default apiGroup");
    }
  }

  /** Fractions of bytes are rounded up, which is hardly what was meant. */
  private static List<String> warn(
      PersistentVolumeClaim claim, @Nullable PersistentVolumeClaim old) {
    List<String> warnings = new ArrayList<>();
    VolumeWarnings.oldClass(claim.metadata().annotations(), warnings);
    warnings.addAll(warnings(in(claim), SPEC));
    return warnings;
  }

  /** What to say of a claim's spec, or of one that claims will be made of. */
  public static List<String> warnings(PersistentVolumeClaimSpec spec, Path at) {
    List<String> warnings = new ArrayList<>();
    VolumeResourceRequirements resources =
        Objects.requireNonNullElse(spec.resources(), VolumeResourceRequirements.EMPTY);
    Path path = at.child("resources");
    warnOfSize(resources.requests().get(STORAGE), path.child("requests").key(STORAGE), warnings);
    warnOfSize(resources.limits().get(STORAGE), path.child("limits").key(STORAGE), warnings);
    return warnings;
  }

  private static void warnOfSize(@Nullable Quantity size, Path path, List<String> warnings) {
    if (size != null && size.amount().remainder(BigDecimal.ONE).signum() != 0) {
      warnings.add(
          path + ": fractional byte value \"" + size + "\" is invalid, must be an integer");
    }
  }

  private static void changeStatus(
      PersistentVolumeClaim claim, PersistentVolumeClaim old, FieldErrors errors) {
    PersistentVolumeClaimStatus status =
        Objects.requireNonNullElse(claim.status(), PersistentVolumeClaimStatus.EMPTY);
    Path path = Path.of("status");
    status
        .capacity()
        .forEach((name, amount) -> notNegative(name, amount, path.child("capacity"), errors));
    Path resize = path.child("allocatedResourceStatus");
    status
        .allocatedResourceStatuses()
        .forEach((name, state) -> {
          checkResource(name, resize, errors);
          if (!RESIZING.contains(state)) {
            errors.notSupported(resize, name, RESIZING);
          }
        });
    Path allocated = path.child("allocatedResources");
    status
        .allocatedResources()
        .forEach((name, amount) -> {
          checkResource(name, allocated, errors);
          notNegative(name, amount, allocated, errors);
        });
  }

  private static void notNegative(String name, Quantity amount, Path path, FieldErrors errors) {
    if (amount.signum() < 0) {
      errors.invalid(path.key(name), amount.toString(), FieldError.NEGATIVE);
    }
  }

  /** Only storage is the system's to resize; others have names of their own. */
  private static void checkResource(String name, Path path, FieldErrors errors) {
    List<String> faults = LabelNames.key(name);
    errors.invalid(path, name, faults);
    boolean system = !name.contains("/") || name.contains("kubernetes.io/");
    if (faults.isEmpty() && system && !name.equals(STORAGE)) {
      errors.notSupported(path, name, List.of(STORAGE));
    }
  }

  static void checkModes(List<String> modes, Path path, FieldErrors errors) {
    for (String mode : modes) {
      Checks.oneOf(mode, ACCESS_MODES, path, errors);
    }
    if (modes.contains("ReadWriteOncePod") && modes.size() > 1) {
      errors.forbidden(path, "may not use ReadWriteOncePod with other access modes");
    }
  }

  static void checkClass(@Nullable String name, Path path, FieldErrors errors) {
    if (name != null && !name.isEmpty()) {
      errors.invalid(path, name, DnsNames.subdomain(name));
    }
  }

  /** A claim asks once; bound, it may ask for more, and for other attributes. */
  private static void change(
      PersistentVolumeClaim claim, PersistentVolumeClaim old, FieldErrors errors) {
    PersistentVolumeClaimSpec spec = in(claim);
    PersistentVolumeClaimSpec before = in(old);
    boolean bound = old.status() != null && "Bound".equals(old.status().phase());
    if (!restored(claim, old, bound).equals(before)) {
      errors.forbidden(
          SPEC,
          "spec is immutable after creation except resources.requests and"
              + " volumeAttributesClassName for bound claims");
    }
    Quantity asks = asked(spec);
    Quantity asked = asked(before);
    if (asks != null && asked != null && asks.compareTo(asked) < 0) {
      Quantity has = old.status() == null ? null : old.status().capacity().get(STORAGE);
      if (asks.compareTo(has == null ? Quantity.ZERO : has) <= 0) {
        errors.forbidden(
            SPEC.child("resources", "requests", STORAGE),
            "field can not be less than status.capacity");
      }
    }
    Checks.immutable(spec.volumeMode(), before.volumeMode(), Path.of("volumeMode"), errors);
    if (before.volumeAttributesClassName() != null) {
      String attributes = spec.volumeAttributesClassName();
      Path path = SPEC.child("volumeAttributesClassName");
      if (attributes == null) {
        errors.forbidden(path, "update from non-nil value to nil is forbidden");
      } else if (attributes.isEmpty()) {
        errors.forbidden(path, "update from non-nil value to an empty string is forbidden");
      }
    }
    String had = old.metadata().annotations().get(VolumeWarnings.OLD_CLASS);
    String has = claim.metadata().annotations().get(VolumeWarnings.OLD_CLASS);
    boolean moved = had != null && has == null && had.equals(spec.storageClassName());
    if (!moved) {
      Checks.immutable(
          Objects.requireNonNullElse(has, ""),
          Objects.requireNonNullElse(had, ""),
          Path.of("metadata", "annotations").key(VolumeWarnings.OLD_CLASS),
          errors);
    }
  }

  /** The spec with what may change put back. */
  private static PersistentVolumeClaimSpec restored(
      PersistentVolumeClaim claim, PersistentVolumeClaim old, boolean bound) {
    PersistentVolumeClaimSpec spec = in(claim);
    PersistentVolumeClaimSpec before = in(old);
    PersistentVolumeClaimSpec restored =
        spec.withVolumeAttributesClassName(before.volumeAttributesClassName());
    if (before.volumeName() == null || before.volumeName().isEmpty()) {
      // The binding itself.
      restored = restored.withVolumeName(before.volumeName());
    }
    String annotated = old.metadata().annotations().get(VolumeWarnings.OLD_CLASS);
    if (before.storageClassName() == null
        && (annotated == null || annotated.equals(spec.storageClassName()))) {
      // A class that came to be the default one later, or was named in the old way.
      restored = restored.withStorageClassName(null);
    }
    VolumeResourceRequirements resources = spec.resources();
    Quantity asked = asked(before);
    if (bound && resources != null && asked != null) {
      Map<String, Quantity> requests = new LinkedHashMap<>(resources.requests());
      requests.put(STORAGE, asked);
      restored = restored.withResources(resources.withRequests(requests));
    }
    return restored;
  }

  private static @Nullable Quantity asked(PersistentVolumeClaimSpec spec) {
    Map<String, Quantity> requests =
        spec.resources() == null ? Map.of() : spec.resources().requests();
    return requests.get(STORAGE);
  }
}

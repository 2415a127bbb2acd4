package dev.tiphys.apiserver.strategy.storage;

import dev.tiphys.api.core.v1.PersistentVolumeClaim;
import dev.tiphys.api.core.v1.PersistentVolumeClaimSpec;
import dev.tiphys.api.core.v1.PersistentVolumeClaimStatus;
import dev.tiphys.api.core.v1.TypedLocalObjectReference;
import dev.tiphys.api.core.v1.TypedObjectReference;
import dev.tiphys.api.core.v1.VolumeResourceRequirements;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.api.value.Quantity;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.StatusPart;
import dev.tiphys.apiserver.strategy.Strategy;
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

  private ClaimRules() {}

  /** The rules. */
  public static Strategy<PersistentVolumeClaim> rules() {
    return KindRules.<PersistentVolumeClaim>builder()
        .defaults(ClaimRules::fill)
        .create(claim ->
            claim.withStatus(PersistentVolumeClaimStatus.builder().phase("Pending").build()))
        .validate((claim, errors) -> validate(in(claim), SPEC, errors))
        .change(ClaimRules::change)
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

  static void validate(PersistentVolumeClaimSpec spec, Path path, FieldErrors errors) {
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
    if (spec.dataSource() != null) {
      Checks.present(spec.dataSource().name(), path.child("dataSource", "name"), errors);
      Checks.present(spec.dataSource().kind(), path.child("dataSource", "kind"), errors);
    }
    if (spec.dataSourceRef() != null) {
      Checks.present(spec.dataSourceRef().name(), path.child("dataSourceRef", "name"), errors);
      Checks.present(spec.dataSourceRef().kind(), path.child("dataSourceRef", "kind"), errors);
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
    PersistentVolumeClaimSpec restored =
        spec.withVolumeAttributesClassName(before.volumeAttributesClassName());
    if (before.volumeName() == null || before.volumeName().isEmpty()) {
      // The binding itself.
      restored = restored.withVolumeName(before.volumeName());
    }
    if (before.storageClassName() == null && before.volumeName() == null) {
      // A class that came to be the default one later.
      restored = restored.withStorageClassName(null);
    }
    boolean bound = old.status() != null && "Bound".equals(old.status().phase());
    Quantity asks = asked(spec);
    Quantity asked = asked(before);
    if (bound) {
      restored = restored.withResources(before.resources());
      Quantity has = old.status() == null ? null : old.status().capacity().get(STORAGE);
      if (asks != null
          && asked != null
          && asks.compareTo(asked) < 0
          && (has == null || asks.compareTo(has) <= 0)) {
        errors.forbidden(
            SPEC.child("resources", "requests", STORAGE),
            "field can not be less than status.capacity");
      }
    }
    if (!restored.equals(before)) {
      errors.forbidden(
          SPEC,
          "spec is immutable after creation except resources.requests and"
              + " volumeAttributesClassName for bound claims");
    }
    if (!Objects.equals(spec.volumeAttributesClassName(), before.volumeAttributesClassName())
        && before.volumeAttributesClassName() != null
        && spec.volumeAttributesClassName() == null) {
      errors.forbidden(
          SPEC.child("volumeAttributesClassName"), "update from non-nil value to nil is forbidden");
    }
  }

  private static @Nullable Quantity asked(PersistentVolumeClaimSpec spec) {
    Map<String, Quantity> requests =
        spec.resources() == null ? Map.of() : spec.resources().requests();
    return requests.get(STORAGE);
  }
}

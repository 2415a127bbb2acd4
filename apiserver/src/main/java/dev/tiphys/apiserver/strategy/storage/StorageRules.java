package dev.tiphys.apiserver.strategy.storage;

import dev.tiphys.api.names.LabelNames;
import dev.tiphys.api.storage.v1.CSIDriver;
import dev.tiphys.api.storage.v1.CSIDriverSpec;
import dev.tiphys.api.storage.v1.CSINode;
import dev.tiphys.api.storage.v1.CSINodeDriver;
import dev.tiphys.api.storage.v1.CSIStorageCapacity;
import dev.tiphys.api.storage.v1.StorageClass;
import dev.tiphys.api.storage.v1.VolumeAttachment;
import dev.tiphys.api.storage.v1.VolumeAttachmentSource;
import dev.tiphys.api.storage.v1.VolumeAttachmentSpec;
import dev.tiphys.api.storage.v1.VolumeAttributesClass;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules of kinds in {@code storage.k8s.io}. */
public final class StorageRules {

  private static final Path SPEC = Path.of("spec");
  private static final int MOST_PARAMETERS = 512;
  private static final int MOST_PARAMETER_BYTES = 256 * 1024;
  private static final int LONGEST_DRIVER_NAME = 63;
  private static final int LONGEST_NODE_ID = 256;

  private StorageRules() {}

  /** The rules of StorageClass. */
  public static Strategy<StorageClass> classes() {
    return KindRules.<StorageClass>builder()
        .validate(StorageRules::validateClass)
        .change(StorageRules::changeClass)
        .build();
  }

  private static void validateClass(StorageClass object, FieldErrors errors) {
    checkProvisioner(object.provisioner(), Path.of("provisioner"), errors);
    checkParameters(object.parameters(), errors);
    Checks.oneOf(
        object.reclaimPolicy(), List.of("Delete", "Retain"), Path.of("reclaimPolicy"), errors);
    Path mode = Path.of("volumeBindingMode");
    if (object.volumeBindingMode() == null) {
      errors.required(mode, "");
    } else {
      Checks.oneOf(
          object.volumeBindingMode(), List.of("Immediate", "WaitForFirstConsumer"), mode, errors);
    }
  }

  private static void checkProvisioner(@Nullable String name, Path path, FieldErrors errors) {
    if (Checks.present(name, path, errors)) {
      String lower = String.valueOf(name).toLowerCase(Locale.ROOT);
      errors.invalid(path, name, LabelNames.key(lower));
    }
  }

  private static void checkParameters(Map<String, String> parameters, FieldErrors errors) {
    Path path = Path.of("parameters");
    if (parameters.size() > MOST_PARAMETERS) {
      errors.add(FieldError.tooLong(path, MOST_PARAMETERS));
      return;
    }
    long total = 0;
    for (Map.Entry<String, String> entry : parameters.entrySet()) {
      if (entry.getKey().isEmpty()) {
        errors.invalid(path, "", "field can not be empty.");
      }
      total += entry.getKey().length() + entry.getValue().length();
    }
    if (total > MOST_PARAMETER_BYTES) {
      errors.add(FieldError.tooLong(path, MOST_PARAMETER_BYTES));
    }
  }

  private static void changeClass(StorageClass object, StorageClass old, FieldErrors errors) {
    unchanged("parameters", object.parameters(), old.parameters(), errors);
    unchanged("provisioner", object.provisioner(), old.provisioner(), errors);
    unchanged("reclaimPolicy", object.reclaimPolicy(), old.reclaimPolicy(), errors);
    Checks.immutable(
        object.volumeBindingMode(), old.volumeBindingMode(), Path.of("volumeBindingMode"), errors);
  }

  private static void unchanged(
      String field, @Nullable Object value, @Nullable Object old, FieldErrors errors) {
    if (!Objects.equals(value, old)) {
      errors.forbidden(Path.of(field), "updates to " + field + " are forbidden.");
    }
  }

  /** The rules of VolumeAttributesClass. */
  public static Strategy<VolumeAttributesClass> attributes() {
    return KindRules.<VolumeAttributesClass>builder()
        .validate((object, errors) -> {
          checkProvisioner(object.driverName(), Path.of("driverName"), errors);
          if (object.parameters().isEmpty()) {
            errors.required(Path.of("parameters"), "must contain at least one key/value pair");
          }
          checkParameters(object.parameters(), errors);
        })
        .change((object, old, errors) -> {
          unchanged("driverName", object.driverName(), old.driverName(), errors);
          unchanged("parameters", object.parameters(), old.parameters(), errors);
        })
        .build();
  }

  /** The rules of CSIDriver. */
  public static Strategy<CSIDriver> drivers() {
    return KindRules.<CSIDriver>builder()
        .generations(true)
        .validate((object, errors) -> {
          checkDriverName(object.metadata().name(), Path.of("metadata", "name"), errors);
          CSIDriverSpec spec = Objects.requireNonNullElse(object.spec(), CSIDriverSpec.EMPTY);
          Checks.oneOf(
              spec.fsGroupPolicy(),
              List.of("File", "None", "ReadWriteOnceWithFSType"),
              SPEC.child("fsGroupPolicy"),
              errors);
          for (String mode : spec.volumeLifecycleModes()) {
            Checks.oneOf(
                mode,
                List.of("Ephemeral", "Persistent"),
                SPEC.child("volumeLifecycleModes"),
                errors);
          }
          Set<String> audiences = new HashSet<>();
          for (int i = 0; i < spec.tokenRequests().size(); i++) {
            String audience = String.valueOf(spec.tokenRequests().get(i).audience());
            if (!audiences.add(audience)) {
              errors.duplicate(SPEC.child("tokenRequests").index(i).child("audience"), audience);
            }
          }
          Long period = spec.nodeAllocatableUpdatePeriodSeconds();
          if (period != null && period < 10) {
            errors.invalid(
                SPEC.child("nodeAllocatableUpdatePeriodSeconds"),
                period,
                "must be greater than or equal to 10 seconds");
          }
        })
        .change((object, old, errors) -> {
          CSIDriverSpec spec = Objects.requireNonNullElse(object.spec(), CSIDriverSpec.EMPTY);
          CSIDriverSpec before = Objects.requireNonNullElse(old.spec(), CSIDriverSpec.EMPTY);
          Checks.immutable(
              spec.attachRequired(),
              before.attachRequired(),
              SPEC.child("attachedRequired"),
              errors);
          Checks.immutable(
              spec.volumeLifecycleModes(),
              before.volumeLifecycleModes(),
              SPEC.child("volumeLifecycleModes"),
              errors);
        })
        .build();
  }

  private static void checkDriverName(@Nullable String name, Path path, FieldErrors errors) {
    if (name != null && name.length() > LONGEST_DRIVER_NAME) {
      errors.add(FieldError.tooLong(path, LONGEST_DRIVER_NAME));
    }
    Checks.subdomain(name == null ? null : name.toLowerCase(Locale.ROOT), path, errors);
  }

  /** The rules of CSINode. */
  public static Strategy<CSINode> nodes() {
    return KindRules.<CSINode>builder()
        .validate((object, errors) -> {
          List<CSINodeDriver> drivers = object.spec() == null ? List.of() : object.spec().drivers();
          Set<String> names = new HashSet<>();
          for (int i = 0; i < drivers.size(); i++) {
            CSINodeDriver driver = drivers.get(i);
            Path path = SPEC.child("drivers").index(i);
            checkDriverName(driver.name(), path.child("name"), errors);
            if (!names.add(String.valueOf(driver.name()))) {
              errors.duplicate(path.child("name"), driver.name());
            }
            if (Checks.present(driver.nodeID(), path.child("nodeID"), errors)
                && String.valueOf(driver.nodeID()).length() > LONGEST_NODE_ID) {
              errors.invalid(
                  path.child("nodeID"), driver.nodeID(), "must be 256 characters or less");
            }
          }
        })
        .build();
  }

  /** The rules of CSIStorageCapacity. */
  public static Strategy<CSIStorageCapacity> capacities() {
    return KindRules.<CSIStorageCapacity>builder()
        .validate((object, errors) -> {
          Checks.subdomain(object.storageClassName(), Path.of("storageClassName"), errors);
          Checks.selector(object.nodeTopology(), Path.of("nodeTopology"), errors);
          if (object.capacity() != null && object.capacity().signum() < 0) {
            errors.invalid(Path.of("capacity"), object.capacity().toString(), FieldError.NEGATIVE);
          }
        })
        .change((object, old, errors) -> {
          Checks.immutable(
              object.nodeTopology(), old.nodeTopology(), Path.of("nodeTopology"), errors);
          Checks.immutable(
              object.storageClassName(),
              old.storageClassName(),
              Path.of("storageClassName"),
              errors);
        })
        .build();
  }

  /** The rules of VolumeAttachment. */
  public static Strategy<VolumeAttachment> attachments() {
    return KindRules.<VolumeAttachment>builder()
        .generations(false)
        .validate((object, errors) -> {
          VolumeAttachmentSpec spec = in(object);
          Checks.present(spec.attacher(), SPEC.child("attacher"), errors);
          VolumeAttachmentSource source = spec.source();
          if (source == null
              || (source.inlineVolumeSpec() == null && source.persistentVolumeName() == null)) {
            errors.required(
                SPEC.child("source"),
                "must specify exactly one of inlineVolumeSpec and persistentVolumeName");
          } else if (source.persistentVolumeName() != null
              && source.persistentVolumeName().isEmpty()) {
            errors.required(
                SPEC.child("source", "persistentVolumeName"),
                "must specify non empty" + " persistentVolumeName");
          }
          Checks.subdomain(spec.nodeName(), SPEC.child("nodeName"), errors);
        })
        .change((object, old, errors) -> Checks.immutable(in(object), in(old), SPEC, errors))
        .build();
  }

  private static VolumeAttachmentSpec in(VolumeAttachment object) {
    return Objects.requireNonNullElse(object.spec(), VolumeAttachmentSpec.EMPTY);
  }
}

package dev.tiphys.apiserver.strategy.storage;

import dev.tiphys.api.core.v1.TopologySelectorLabelRequirement;
import dev.tiphys.api.core.v1.TopologySelectorTerm;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.names.LabelNames;
import dev.tiphys.api.storage.v1.CSIDriver;
import dev.tiphys.api.storage.v1.CSIDriverSpec;
import dev.tiphys.api.storage.v1.CSINode;
import dev.tiphys.api.storage.v1.CSINodeDriver;
import dev.tiphys.api.storage.v1.CSIStorageCapacity;
import dev.tiphys.api.storage.v1.StorageClass;
import dev.tiphys.api.storage.v1.TokenRequest;
import dev.tiphys.api.storage.v1.VolumeAttachment;
import dev.tiphys.api.storage.v1.VolumeAttachmentSource;
import dev.tiphys.api.storage.v1.VolumeAttachmentSpec;
import dev.tiphys.api.storage.v1.VolumeAttachmentStatus;
import dev.tiphys.api.storage.v1.VolumeAttributesClass;
import dev.tiphys.api.storage.v1.VolumeError;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.OldLabels;
import dev.tiphys.apiserver.strategy.Strategy;
import dev.tiphys.apiserver.strategy.VolumeSources;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
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
  private static final int LONGEST_NODE_ID = 256;
  private static final int SHORTEST_TOKEN_SECONDS = 600;
  private static final long LONGEST_TOKEN_SECONDS = 1L << 32;
  private static final int MOST_METADATA_BYTES = 256 * 1024;
  private static final int LONGEST_ERROR = 1024;

  private StorageRules() {}

  /** The rules of StorageClass. */
  public static Strategy<StorageClass> classes() {
    return KindRules.<StorageClass>builder()
        .validate(StorageRules::validateClass)
        .change(StorageRules::changeClass)
        .warnings((object, old) -> warnOfTopologies(object.allowedTopologies()))
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
    checkTopologies(object.allowedTopologies(), Path.of("allowedTopologies"), errors);
  }

  private static List<String> warnOfTopologies(List<TopologySelectorTerm> terms) {
    List<String> warnings = new ArrayList<>();
    for (int i = 0; i < terms.size(); i++) {
      List<TopologySelectorLabelRequirement> labels = terms.get(i).matchLabelExpressions();
      for (int j = 0; j < labels.size(); j++) {
        String old = OldLabels.of(labels.get(j).key());
        if (old != null) {
          Path at = Path.of("allowedTopologies").index(i).child("matchLabelExpressions").index(j);
          warnings.add(at.child("key") + ": " + old);
        }
      }
    }
    return warnings;
  }

  private static void checkTopologies(
      List<TopologySelectorTerm> terms, Path path, FieldErrors errors) {
    Set<Map<String, Set<String>>> seen = new HashSet<>();
    for (int i = 0; i < terms.size(); i++) {
      Path at = path.index(i).child("matchLabelExpressions");
      List<TopologySelectorLabelRequirement> labels = terms.get(i).matchLabelExpressions();
      Map<String, Set<String>> term = new HashMap<>();
      for (int j = 0; j < labels.size(); j++) {
        TopologySelectorLabelRequirement label = labels.get(j);
        if (label.values().isEmpty()) {
          errors.required(at.index(j).child("values"), "");
        }
        Set<String> values = new HashSet<>();
        for (int k = 0; k < label.values().size(); k++) {
          if (!values.add(label.values().get(k))) {
            errors.duplicate(at.index(j).child("values").index(k), label.values().get(k));
          }
        }
        String key = label.key() == null ? "" : label.key();
        errors.invalid(at.index(j).child("key"), key, LabelNames.key(key));
        if (term.put(key, values) != null) {
          errors.duplicate(at.index(j).child("key"), key);
        }
      }
      if (!seen.add(term)) {
        errors.duplicate(at, "");
      }
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
    if (parameters.containsKey("")) {
      errors.invalid(path, "", "field can not be empty.");
    }
    if (bytes(parameters) > MOST_PARAMETER_BYTES) {
      errors.add(FieldError.tooLong(path, MOST_PARAMETER_BYTES));
    }
  }

  private static long bytes(Map<String, String> texts) {
    return texts.entrySet().stream()
        .mapToLong(
            entry -> (entry.getKey() + entry.getValue()).getBytes(StandardCharsets.UTF_8).length)
        .sum();
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
          checkParameters(object.parameters(), errors);
          if (object.parameters().isEmpty()) {
            errors.required(Path.of("parameters"), "must contain at least one key/value pair");
          }
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
          VolumeSources.driverName(object.metadata().name(), Path.of("metadata", "name"), errors);
          CSIDriverSpec spec = Objects.requireNonNullElse(object.spec(), CSIDriverSpec.EMPTY);
          Checks.oneOf(
              spec.fsGroupPolicy(),
              List.of("File", "None", "ReadWriteOnceWithFSType"),
              SPEC.child("fsGroupPolicy"),
              errors);
          checkTokens(spec.tokenRequests(), SPEC.child("tokenRequests"), errors);
          for (String mode : spec.volumeLifecycleModes()) {
            Checks.oneOf(
                mode,
                List.of("Persistent", "Ephemeral"),
                SPEC.child("volumeLifecycleModes"),
                errors);
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

  private static void checkTokens(List<TokenRequest> tokens, Path path, FieldErrors errors) {
    Set<String> audiences = new HashSet<>();
    for (int i = 0; i < tokens.size(); i++) {
      String audience = Objects.requireNonNullElse(tokens.get(i).audience(), "");
      Path expiration = path.index(i).child("expirationSeconds");
      Long seconds = tokens.get(i).expirationSeconds();
      if (!audiences.add(audience)) {
        errors.duplicate(path.index(i).child("audience"), audience);
      } else if (seconds != null && seconds < SHORTEST_TOKEN_SECONDS) {
        errors.invalid(expiration, seconds, "may not specify a duration less than 10 minutes");
      } else if (seconds != null && seconds > LONGEST_TOKEN_SECONDS) {
        errors.invalid(expiration, seconds, "may not specify a duration larger than 2^32 seconds");
      }
    }
  }

  /** The rules of CSINode. */
  public static Strategy<CSINode> nodes() {
    return KindRules.<CSINode>builder()
        .validate((object, errors) -> {
          List<CSINodeDriver> drivers = driversOf(object);
          Set<String> names = new HashSet<>();
          for (int i = 0; i < drivers.size(); i++) {
            Path path = SPEC.child("drivers").index(i);
            checkDriver(drivers.get(i), path, errors);
            if (!names.add(String.valueOf(drivers.get(i).name()))) {
              errors.duplicate(path.child("name"), drivers.get(i).name());
            }
          }
        })
        .change((object, old, errors) -> {
          // What a driver said of itself stays; how many volumes it can attach may change.
          for (CSINodeDriver had : driversOf(old)) {
            for (CSINodeDriver has : driversOf(object)) {
              if (Objects.equals(had.name(), has.name())) {
                Checks.immutable(
                    has.withAllocatable(null),
                    had.withAllocatable(null),
                    SPEC.child("drivers"),
                    errors);
              }
            }
          }
        })
        .build();
  }

  private static List<CSINodeDriver> driversOf(CSINode object) {
    return object.spec() == null ? List.of() : object.spec().drivers();
  }

  private static void checkDriver(CSINodeDriver driver, Path path, FieldErrors errors) {
    VolumeSources.driverName(driver.name(), path.child("name"), errors);
    if (Checks.present(driver.nodeID(), path.child("nodeID"), errors)
        && String.valueOf(driver.nodeID()).length() > LONGEST_NODE_ID) {
      errors.invalid(path.child("nodeID"), driver.nodeID(), "must be 256 characters or less");
    }
    if (driver.allocatable() != null) {
      Checks.notNegative(driver.allocatable().count(), path.child("allocatable", "count"), errors);
    }
    Set<String> keys = new HashSet<>();
    for (String key : driver.topologyKeys()) {
      if (!keys.add(key)) {
        errors.duplicate(path, key);
      }
      Checks.qualifiedName(key, path, errors);
    }
  }

  /** The rules of CSIStorageCapacity. */
  public static Strategy<CSIStorageCapacity> capacities() {
    return KindRules.<CSIStorageCapacity>builder()
        .warnings((object, old) -> OldLabels.in(object.nodeTopology(), Path.of("nodeTopology")))
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
          checkSource(spec.source(), SPEC.child("source"), errors);
          Checks.subdomain(spec.nodeName(), SPEC.child("nodeName"), errors);
        })
        .validateNew((object, errors) -> {
          VolumeSources.driverName(in(object).attacher(), SPEC.child("attacher"), errors);
          VolumeAttachmentSource source = in(object).source();
          String volume = source == null ? null : source.persistentVolumeName();
          if (volume != null) {
            errors.invalid(
                SPEC.child("source", "persistentVolumeName"), volume, DnsNames.subdomain(volume));
          }
        })
        .change((object, old, errors) -> Checks.immutable(in(object), in(old), SPEC, errors))
        .statusChange((object, old, errors) -> {
          VolumeAttachmentStatus status =
              Objects.requireNonNullElse(object.status(), VolumeAttachmentStatus.EMPTY);
          Path path = Path.of("status");
          if (bytes(status.attachmentMetadata()) > MOST_METADATA_BYTES) {
            errors.add(FieldError.tooLong(path.child("attachmentMetadata"), MOST_METADATA_BYTES));
          }
          checkError(status.attachError(), path.child("attachError"), errors);
          checkError(status.detachError(), path.child("detachError"), errors);
        })
        .build();
  }

  private static void checkSource(
      @Nullable VolumeAttachmentSource source, Path path, FieldErrors errors) {
    String one = "must specify exactly one of inlineVolumeSpec and persistentVolumeName";
    if (source == null
        || (source.inlineVolumeSpec() == null && source.persistentVolumeName() == null)) {
      errors.required(path, one);
    } else if (source.inlineVolumeSpec() != null && source.persistentVolumeName() != null) {
      errors.forbidden(path, one);
    } else if (source.inlineVolumeSpec() != null) {
      VolumeRules.validateInline(source.inlineVolumeSpec(), path.child("inlineVolumeSpec"), errors);
    } else if (String.valueOf(source.persistentVolumeName()).isEmpty()) {
      errors.required(
          path.child("persistentVolumeName"), "must specify non empty persistentVolumeName");
    }
  }

  private static void checkError(@Nullable VolumeError error, Path path, FieldErrors errors) {
    if (error != null) {
      Checks.notLonger(error.message(), LONGEST_ERROR, path.child("message"), errors);
      Checks.within(error.errorCode(), 0, Integer.MAX_VALUE, path.child("errorCode"), errors);
    }
  }

  private static VolumeAttachmentSpec in(VolumeAttachment object) {
    return Objects.requireNonNullElse(object.spec(), VolumeAttachmentSpec.EMPTY);
  }
}

package dev.tiphys.apiserver.table;

import static dev.tiphys.apiserver.table.Cells.text;
import static dev.tiphys.apiserver.table.Cells.textOr;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.PersistentVolume;
import dev.tiphys.api.core.v1.PersistentVolumeClaim;
import dev.tiphys.api.core.v1.PersistentVolumeClaimSpec;
import dev.tiphys.api.core.v1.PersistentVolumeClaimStatus;
import dev.tiphys.api.core.v1.PersistentVolumeSpec;
import dev.tiphys.api.core.v1.PersistentVolumeStatus;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.api.storage.v1.CSIDriver;
import dev.tiphys.api.storage.v1.CSIDriverSpec;
import dev.tiphys.api.storage.v1.CSINode;
import dev.tiphys.api.storage.v1.CSIStorageCapacity;
import dev.tiphys.api.storage.v1.StorageClass;
import dev.tiphys.api.storage.v1.VolumeAttachment;
import dev.tiphys.api.storage.v1.VolumeAttachmentSpec;
import dev.tiphys.api.storage.v1.VolumeAttributesClass;
import dev.tiphys.api.value.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Rows of storage. */
final class StorageColumns {

  private static final String DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";
  private static final String DEFAULT_CLASS_BETA =
      "storageclass.beta.kubernetes.io/is-default-class";
  private static final String CLASS_BETA = "volume.beta.kubernetes.io/storage-class";

  private StorageColumns() {}

  static void addTo(Map<ResourceType<?>, Columns<?>> all) {
    all.put(Resources.PERSISTENT_VOLUMES, volumes());
    all.put(Resources.PERSISTENT_VOLUME_CLAIMS, claims());
    all.put(
        Resources.STORAGE_CLASSES,
        ColumnList.<StorageClass>named(StorageColumns::className)
            .text("Provisioner", o -> text(o.provisioner()))
            .text("ReclaimPolicy", o -> textOr(o.reclaimPolicy(), "Delete"))
            .text("VolumeBindingMode", o -> textOr(o.volumeBindingMode(), "Immediate"))
            .text("AllowVolumeExpansion", o -> Boolean.TRUE.equals(o.allowVolumeExpansion()))
            .age()
            .build());
    all.put(
        Resources.VOLUME_ATTRIBUTES_CLASSES,
        ColumnList.<VolumeAttributesClass>named()
            .text("DriverName", o -> text(o.driverName()))
            .age()
            .build());
    all.put(
        Resources.VOLUME_ATTACHMENTS,
        ColumnList.<VolumeAttachment>named()
            .text("Attacher", o -> text(in(o).attacher()))
            .text("PV", o -> Cells.when(in(o).source(), s -> text(s.persistentVolumeName()), ""))
            .text("Node", o -> text(in(o).nodeName()))
            .flag("Attached", o -> o.status() != null && Boolean.TRUE.equals(o.status().attached()))
            .age()
            .build());
    all.put(
        Resources.CSI_NODES,
        ColumnList.<CSINode>named()
            .number("Drivers", o -> o.spec() == null ? 0 : o.spec().drivers().size())
            .age()
            .build());
    all.put(Resources.CSI_DRIVERS, drivers());
    all.put(
        Resources.CSI_STORAGE_CAPACITIES,
        ColumnList.<CSIStorageCapacity>named()
            .text("StorageClassName", o -> text(o.storageClassName()))
            .text("Capacity", o -> o.capacity() == null ? Cells.UNSET : o.capacity().toString())
            .build());
  }

  /** The name of a class, and whether it is the default one. */
  private static String className(ApiObject object) {
    Map<String, String> annotations = object.metadata().annotations();
    boolean isDefault =
        "true".equals(annotations.get(DEFAULT_CLASS))
            || "true".equals(annotations.get(DEFAULT_CLASS_BETA));
    return Cells.name(object) + (isDefault ? " (default)" : "");
  }

  private static VolumeAttachmentSpec in(VolumeAttachment object) {
    return Objects.requireNonNullElse(object.spec(), VolumeAttachmentSpec.EMPTY);
  }

  private static Columns<CSIDriver> drivers() {
    return ColumnList.<CSIDriver>named()
        .flag("AttachRequired", o -> !Boolean.FALSE.equals(in(o).attachRequired()))
        .flag("PodInfoOnMount", o -> Boolean.TRUE.equals(in(o).podInfoOnMount()))
        .flag("StorageCapacity", o -> Boolean.TRUE.equals(in(o).storageCapacity()))
        .text(
            "TokenRequests",
            o ->
                in(o).tokenRequests().isEmpty()
                    ? Cells.UNSET
                    : String.join(
                        ",", in(o).tokenRequests().stream().map(t -> text(t.audience())).toList()))
        .flag("RequiresRepublish", o -> Boolean.TRUE.equals(in(o).requiresRepublish()))
        .text(
            "Modes",
            o ->
                in(o).volumeLifecycleModes().isEmpty()
                    ? Cells.NONE
                    : String.join(",", in(o).volumeLifecycleModes()))
        .age()
        .build();
  }

  private static CSIDriverSpec in(CSIDriver object) {
    return Objects.requireNonNullElse(object.spec(), CSIDriverSpec.EMPTY);
  }

  private static Columns<PersistentVolume> volumes() {
    return ColumnList.<PersistentVolume>named()
        .text("Capacity", o -> amount(in(o).capacity()))
        .text("Access Modes", o -> modes(in(o).accessModes()))
        .text("Reclaim Policy", o -> text(in(o).persistentVolumeReclaimPolicy()))
        .text("Status", o -> ending(o, of(o).phase()))
        .text(
            "Claim",
            o -> Cells.when(in(o).claimRef(), c -> text(c.namespace()) + "/" + text(c.name()), ""))
        .text("StorageClass", o -> storageClass(o, in(o).storageClassName()))
        .text("VolumeAttributesClass", o -> textOr(in(o).volumeAttributesClassName(), Cells.UNSET))
        .text("Reason", o -> text(of(o).reason()))
        .age()
        .wide("VolumeMode", o -> textOr(in(o).volumeMode(), Cells.UNSET))
        .build();
  }

  private static PersistentVolumeSpec in(PersistentVolume object) {
    return Objects.requireNonNullElse(object.spec(), PersistentVolumeSpec.EMPTY);
  }

  private static PersistentVolumeStatus of(PersistentVolume object) {
    return Objects.requireNonNullElse(object.status(), PersistentVolumeStatus.EMPTY);
  }

  private static Columns<PersistentVolumeClaim> claims() {
    return ColumnList.<PersistentVolumeClaim>named()
        .text("Status", o -> ending(o, of(o).phase()))
        .text("Volume", o -> text(in(o).volumeName()))
        .text("Capacity", o -> isBound(o) ? amount(of(o).capacity()) : "")
        .text("Access Modes", o -> isBound(o) ? modes(of(o).accessModes()) : "")
        .text("StorageClass", o -> storageClass(o, in(o).storageClassName()))
        .text("VolumeAttributesClass", o -> textOr(in(o).volumeAttributesClassName(), Cells.UNSET))
        .age()
        .wide("VolumeMode", o -> textOr(in(o).volumeMode(), Cells.UNSET))
        .build();
  }

  private static boolean isBound(PersistentVolumeClaim claim) {
    return !text(in(claim).volumeName()).isEmpty();
  }

  private static PersistentVolumeClaimSpec in(PersistentVolumeClaim object) {
    return Objects.requireNonNullElse(object.spec(), PersistentVolumeClaimSpec.EMPTY);
  }

  private static PersistentVolumeClaimStatus of(PersistentVolumeClaim object) {
    return Objects.requireNonNullElse(object.status(), PersistentVolumeClaimStatus.EMPTY);
  }

  private static String ending(ApiObject object, @Nullable String phase) {
    return object.metadata().deletionTimestamp() == null ? text(phase) : "Terminating";
  }

  private static String amount(Map<String, Quantity> capacity) {
    Quantity storage = capacity.get("storage");
    return storage == null ? "0" : storage.toString();
  }

  private static String storageClass(ApiObject object, @Nullable String name) {
    return textOr(object.metadata().annotations().get(CLASS_BETA), text(name));
  }

  /** Access modes by their short names, in the order in which they are always told. */
  private static String modes(List<String> modes) {
    List<String> texts = new ArrayList<>();
    Map<String, String> names =
        Map.of(
            "ReadWriteOnce", "RWO",
            "ReadOnlyMany", "ROX",
            "ReadWriteMany", "RWX",
            "ReadWriteOncePod", "RWOP");
    for (String mode :
        List.of("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")) {
      if (modes.contains(mode)) {
        texts.add(Objects.requireNonNull(names.get(mode)));
      }
    }
    return String.join(",", texts);
  }
}

package dev.tiphys.apiserver.admission;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.PersistentVolumeClaim;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.storage.v1.StorageClass;
import dev.tiphys.api.value.Quantity;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.strategy.ClusterView;
import org.jspecify.annotations.Nullable;

/** A claim grows only if its storage class lets volumes grow. */
public final class PersistentVolumeClaimResize implements Admission {

  private static final String CLASS_BETA = "volume.beta.kubernetes.io/storage-class";

  private final ClusterView view;

  /** Looks classes up in a view. */
  public PersistentVolumeClaimResize(ClusterView view) {
    this.view = view;
  }

  @Override
  public void validate(Request request, @Nullable ApiObject object, @Nullable ApiObject old) {
    if (request.operation() != Operation.UPDATE
        || !request.subresource().isEmpty()
        || !(object instanceof PersistentVolumeClaim claim)
        || !(old instanceof PersistentVolumeClaim before)) {
      return;
    }
    Quantity wanted = size(claim);
    Quantity present = size(before);
    if (wanted == null || present == null || wanted.compareTo(present) <= 0) {
      return;
    }
    if (before.status() == null || !"Bound".equals(before.status().phase())) {
      throw refused(request, "Only bound persistent volume claims can be expanded");
    }
    String name = className(claim);
    StorageClass found = name.isEmpty() ? null : view.get(Resources.STORAGE_CLASSES, "", name);
    if (found == null || !Boolean.TRUE.equals(found.allowVolumeExpansion())) {
      throw refused(
          request,
          "only dynamically provisioned pvc can be resized and the storageclass that provisions the"
              + " pvc must support resize");
    }
  }

  private static @Nullable Quantity size(PersistentVolumeClaim claim) {
    return claim.spec() == null || claim.spec().resources() == null
        ? null
        : claim.spec().resources().requests().get("storage");
  }

  private static String className(PersistentVolumeClaim claim) {
    String old = claim.metadata().annotations().get(CLASS_BETA);
    String name = old != null || claim.spec() == null ? old : claim.spec().storageClassName();
    return name == null ? "" : name;
  }

  private static ApiException refused(Request request, String why) {
    return ApiException.forbidden("", "persistentvolumeclaims", request.name(), why);
  }
}

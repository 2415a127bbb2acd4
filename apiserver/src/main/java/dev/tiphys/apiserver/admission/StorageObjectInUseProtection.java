package dev.tiphys.apiserver.admission;

import dev.tiphys.api.core.v1.PersistentVolume;
import dev.tiphys.api.core.v1.PersistentVolumeClaim;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.storage.v1.VolumeAttributesClass;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gives volumes, claims and attribute classes a finalizer, so that they go only when nobody uses
 * them any more. Controllers take it away; without them nothing with it ever goes.
 */
public final class StorageObjectInUseProtection implements Admission {

  @Override
  @SuppressWarnings("unchecked") // the same kind is given back
  public <T extends ApiObject> T mutate(Request request, T object, @Nullable T old) {
    if (request.operation() != Operation.CREATE || !request.subresource().isEmpty()) {
      return object;
    }
    return switch (object) {
      case PersistentVolumeClaim it ->
          (T) it.withMetadata(with(it.metadata(), "kubernetes.io/pvc-protection"));
      case PersistentVolume it ->
          (T) it.withMetadata(with(it.metadata(), "kubernetes.io/pv-protection"));
      case VolumeAttributesClass it ->
          (T) it.withMetadata(with(it.metadata(), "kubernetes.io/vac-protection"));
      default -> object;
    };
  }

  private static ObjectMeta with(ObjectMeta metadata, String finalizer) {
    if (metadata.finalizers().contains(finalizer)) {
      return metadata;
    }
    List<String> all = new ArrayList<>(metadata.finalizers());
    all.add(finalizer);
    return metadata.withFinalizers(all);
  }
}

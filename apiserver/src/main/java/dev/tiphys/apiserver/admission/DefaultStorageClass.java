package dev.tiphys.apiserver.admission;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.PersistentVolumeClaim;
import dev.tiphys.api.core.v1.PersistentVolumeClaimSpec;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.strategy.ClusterView;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A claim that names no storage class gets the default one, the newest if there are several. */
public final class DefaultStorageClass implements Admission {

  private static final Set<String> DEFAULT =
      Set.of(
          "storageclass.kubernetes.io/is-default-class",
          "storageclass.beta.kubernetes.io/is-default-class");
  private static final String CLASS_BETA = "volume.beta.kubernetes.io/storage-class";

  private final ClusterView view;

  /** Looks classes up in a view. */
  public DefaultStorageClass(ClusterView view) {
    this.view = view;
  }

  @Override
  @SuppressWarnings("unchecked") // a claim is given back for a claim
  public <T extends ApiObject> T mutate(Request request, T object, @Nullable T old) {
    if (request.operation() != Operation.CREATE
        || !(object instanceof PersistentVolumeClaim claim)
        || claim.metadata().annotations().containsKey(CLASS_BETA)) {
      return object;
    }
    PersistentVolumeClaimSpec spec =
        Objects.requireNonNullElse(claim.spec(), PersistentVolumeClaimSpec.EMPTY);
    if (spec.storageClassName() != null) {
      return object;
    }
    return DefaultClasses.find(view.list(Resources.STORAGE_CLASSES, ""), DEFAULT)
        .map(found -> (T) claim.withSpec(spec.withStorageClassName(found)))
        .orElse(object);
  }
}

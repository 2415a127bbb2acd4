package dev.tiphys.controllermanager.protection;

import dev.tiphys.api.core.v1.PersistentVolume;
import dev.tiphys.api.core.v1.PersistentVolumeClaim;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.Volume;
import dev.tiphys.api.storage.v1.VolumeAttributesClass;
import dev.tiphys.client.ListOptions;
import dev.tiphys.client.ObjectKey;
import dev.tiphys.client.ResourceClient;
import dev.tiphys.client.informer.Lister;
import dev.tiphys.controllermanager.common.Absent;
import dev.tiphys.controllermanager.pod.Pods;
import java.util.ArrayList;
import java.util.List;

/** Who uses volumes, claims and classes. */
public final class Uses {

  private Uses() {}

  /** The claims that a pod names. */
  public static List<ObjectKey> claimsOf(Pod pod) {
    List<ObjectKey> claims = new ArrayList<>();
    if (pod.spec() != null) {
      for (Volume volume : pod.spec().volumes()) {
        String claim =
            volume.persistentVolumeClaim() != null
                ? volume.persistentVolumeClaim().claimName()
                : volume.ephemeral() != null ? pod.metadata().name() + "-" + volume.name() : null;
        if (claim != null) {
          claims.add(ObjectKey.of(pod.metadata().namespace(), claim));
        }
      }
    }
    return claims;
  }

  /**
   * Whether a pod that has a node names a claim. Caches lag, so the API server is asked; pods
   * without a node do not count, for a kubelet does not start a pod whose claim is deleted.
   */
  public static boolean ofClaim(PersistentVolumeClaim claim, ResourceClient<Pod> pods) {
    ObjectKey key = ObjectKey.of(claim);
    return pods.inNamespace(key.namespace()).listAll(ListOptions.ALL).items().stream()
        .anyMatch(pod -> !Pods.nodeName(pod).isEmpty() && claimsOf(pod).contains(key));
  }

  /** Whether a volume belongs to a claim. */
  public static boolean ofVolume(PersistentVolume volume) {
    return volume.status() != null && "Bound".equals(volume.status().phase());
  }

  /** Whether a volume or a claim has, or is to have, attributes of a class. */
  public static boolean ofClass(
      VolumeAttributesClass kind,
      Lister<PersistentVolume> volumes,
      Lister<PersistentVolumeClaim> claims) {
    ObjectKey key = ObjectKey.of(kind);
    return volumes.all().stream().anyMatch(volume -> classesOf(volume).contains(key))
        || claims.all().stream().anyMatch(claim -> classesOf(claim).contains(key));
  }

  /** The class that a volume names, as the key of what to look at when the volume changes. */
  public static List<ObjectKey> classesOf(PersistentVolume volume) {
    String name = volume.spec() == null ? null : volume.spec().volumeAttributesClassName();
    return name == null || name.isEmpty() ? List.of() : List.of(ObjectKey.of("", name));
  }

  /** The classes that a claim names, as wanted, as it is, and as it is becoming. */
  public static List<ObjectKey> classesOf(PersistentVolumeClaim claim) {
    List<String> names = new ArrayList<>();
    if (claim.spec() != null) {
      names.add(Absent.empty(claim.spec().volumeAttributesClassName()));
    }
    if (claim.status() != null) {
      names.add(Absent.empty(claim.status().currentVolumeAttributesClassName()));
      if (claim.status().modifyVolumeStatus() != null) {
        names.add(
            Absent.empty(claim.status().modifyVolumeStatus().targetVolumeAttributesClassName()));
      }
    }
    return names.stream()
        .filter(name -> !name.isEmpty())
        .map(name -> ObjectKey.of("", name))
        .toList();
  }
}

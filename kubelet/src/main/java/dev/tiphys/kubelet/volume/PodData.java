package dev.tiphys.kubelet.volume;

import dev.tiphys.api.core.v1.ConfigMap;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.Secret;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** API data that pods on this node mount or put into their environment. Thread-safe. */
public interface PodData {

  /**
   * A config map of the pod's namespace; empty if there is none.
   *
   * @throws VolumeException if it cannot be read now
   */
  Optional<ConfigMap> configMap(Pod pod, String name) throws VolumeException;

  /**
   * A secret of the pod's namespace; empty if there is none.
   *
   * @throws VolumeException if it cannot be read now
   */
  Optional<Secret> secret(Pod pod, String name) throws VolumeException;

  /**
   * A token of the pod's service account, bound to the pod, with most of its life before it.
   *
   * @param audience for whom; null for the API server
   * @param expirationSeconds how long it should live; null for an hour
   * @throws VolumeException if none is to be had now
   */
  String token(Pod pod, @Nullable String audience, @Nullable Long expirationSeconds)
      throws VolumeException;
}

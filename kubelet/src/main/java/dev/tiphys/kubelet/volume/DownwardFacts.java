package dev.tiphys.kubelet.volume;

import dev.tiphys.api.core.v1.ObjectFieldSelector;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.ResourceFieldSelector;
import org.jspecify.annotations.Nullable;

/** What a pod may be told of itself (the downward API). */
@FunctionalInterface
public interface DownwardFacts {

  /**
   * The value of a field or resource of the pod, one of which is not null.
   *
   * @throws VolumeException if the pod may not be told that
   */
  String value(
      Pod pod, @Nullable ObjectFieldSelector field, @Nullable ResourceFieldSelector resource)
      throws VolumeException;
}

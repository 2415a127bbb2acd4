package dev.tiphys.kubelet.pod;

import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.kubelet.runtime.PodIdentity;

/** A pod that runs here though neither the API nor this process knows its spec. */
final class Stranger {

  private Stranger() {}

  static Pod named(PodIdentity key) {
    return Pod.builder()
        .metadata(
            ObjectMeta.builder().namespace(key.namespace()).name(key.name()).uid(key.uid()).build())
        .spec(PodSpec.EMPTY)
        .build();
  }
}

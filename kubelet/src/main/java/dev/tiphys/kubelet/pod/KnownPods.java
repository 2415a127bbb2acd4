package dev.tiphys.kubelet.pod;

import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.client.informer.Lister;
import dev.tiphys.kubelet.server.NodePods;
import java.util.List;
import java.util.Optional;

/** The pods of this node as the API server has bound them here. */
record KnownPods(Lister<Pod> lister) implements NodePods {

  @Override
  public List<Pod> pods() {
    return List.copyOf(lister.all());
  }

  @Override
  public Optional<Pod> pod(String namespace, String name) {
    return Optional.ofNullable(lister.get(namespace, name));
  }
}

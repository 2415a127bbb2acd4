package dev.tiphys.kubelet.pod;

import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.kubelet.runtime.ContainerEnvironment;
import java.util.Map;

/** What containers learn of the cluster through their environment. Thread-safe. */
interface Surroundings {

  /** The config maps and secrets of the pod's namespace. */
  ContainerEnvironment.Sources sources(Pod pod);

  /** The variables of the services that the pod sees. */
  Map<String, String> services(Pod pod);

  /** Drops what is kept for a pod that is gone, its tokens above all. */
  void forget(String podUid);
}

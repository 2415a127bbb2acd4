package dev.tiphys.kubelet.runtime;

/** Where in its life a container is. */
public enum ContainerPhase {
  /** Made, not started. */
  CREATED,
  /** Started, not ended. */
  RUNNING,
  /** Ended. */
  EXITED,
  /** The runtime lost track of it. */
  UNKNOWN
}

package dev.tiphys.kubelet.runtime;

import java.nio.file.Path;

/**
 * A file or directory of the node in a container.
 *
 * @param containerPath absolute
 * @param hostPath with symbolic links resolved, so that nothing leads out of a volume
 */
public record HostMount(
    String containerPath, Path hostPath, boolean readOnly, Propagation propagation) {
  /** Which mounts made later show on the other side. */
  public enum Propagation {
    /** None. */
    PRIVATE,
    /** The node's show in the container. */
    HOST_TO_CONTAINER,
    /** Both ways; for privileged containers. */
    BIDIRECTIONAL
  }
}

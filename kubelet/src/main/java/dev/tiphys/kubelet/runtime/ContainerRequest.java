package dev.tiphys.kubelet.runtime;

import dev.tiphys.api.core.v1.Container;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that a container is made of. The runtime adds the mounts of /etc/hosts and of the termination
 * message itself.
 *
 * @param sandbox what the sandbox was made of
 * @param sandboxId where the container goes
 * @param podIps the pod's addresses, for /etc/hosts
 * @param container an init, ephemeral or ordinary container of the pod
 * @param restartCount one more than the newest container's of this name, 0 for the first
 * @param imageRef what {@link ContainerRuntime#ensureImage} returned
 * @param environment what {@link ContainerEnvironment} resolved, in order
 * @param mounts the pod's volumes in this container
 * @param targetContainerId for an ephemeral container: whose processes it sees
 */
public record ContainerRequest(
    SandboxRequest sandbox,
    String sandboxId,
    List<String> podIps,
    Container container,
    int restartCount,
    String imageRef,
    Map<String, String> environment,
    List<HostMount> mounts,
    @Nullable String targetContainerId) {
  /** Keeps its own copies; the environment's order counts. */
  public ContainerRequest {
    podIps = List.copyOf(podIps);
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    mounts = List.copyOf(mounts);
  }
}

package dev.tiphys.kubelet.runtime;

import dev.tiphys.api.core.v1.Container;
import java.util.List;

/**
 * An image that a container needs.
 *
 * @param sandbox of the pod, for the runtime to know on whose behalf it pulls
 * @param container has the image's name and the pull policy
 * @param credentials to try in order, before none at all
 */
public record ImageRequest(
    SandboxRequest sandbox, Container container, List<RegistryCredentials> credentials) {
  /** Keeps its own copy. */
  public ImageRequest {
    credentials = List.copyOf(credentials);
  }
}

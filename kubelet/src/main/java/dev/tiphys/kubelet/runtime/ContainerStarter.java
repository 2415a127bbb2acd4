package dev.tiphys.kubelet.runtime;

import static dev.tiphys.kubelet.runtime.RuntimeEvents.Type.Normal;
import static dev.tiphys.kubelet.runtime.RuntimeEvents.Type.Warning;
import static java.util.Objects.requireNonNull;

import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.cri.CriClient;
import dev.tiphys.cri.CriException;
import dev.tiphys.cri.v1.ContainerConfig;
import dev.tiphys.cri.v1.Image;
import dev.tiphys.cri.v1.ImageSpec;
import dev.tiphys.cri.v1.PodSandboxConfig;
import dev.tiphys.kubelet.runtime.ContainerStartException.Reason;
import dev.tiphys.kubelet.runtime.SecurityContexts.ImageUser;
import java.io.IOException;
import java.util.Optional;

/** Makes a container and starts it, or says in which of its reasons it failed. Thread-safe. */
final class ContainerStarter {
  private final CriClient client;
  private final RuntimeSettings settings;
  private final PodFiles files;
  private final boolean unifiedCgroups;

  ContainerStarter(
      CriClient client, RuntimeSettings settings, PodFiles files, boolean unifiedCgroups) {
    this.client = client;
    this.settings = settings;
    this.files = files;
    this.unifiedCgroups = unifiedCgroups;
  }

  /** Creates and starts it; returns its id. */
  String start(ContainerRequest request, RuntimeEvents events) throws ContainerStartException {
    String name = requireNonNull(request.container().name());
    try {
      String id = create(request);
      events.happened(Normal, "Created", "Created container: " + name);
      run(id);
      events.happened(Normal, "Started", "Started container " + name);
      return id;
    } catch (ContainerStartException e) {
      events.happened(Warning, "Failed", "Error: " + e.getMessage());
      throw e;
    }
  }

  private String create(ContainerRequest request) throws ContainerStartException {
    ImageUser user = imageUser(request.imageRef());
    PodSpec spec = requireNonNull(request.sandbox().pod().spec());
    Optional<String> refusal =
        SecurityContexts.rootRefusal(
            spec,
            request.container(),
            user,
            PodIdentity.of(request.sandbox().pod()).namespacedName());
    if (refusal.isPresent()) {
      throw new ContainerStartException(Reason.CreateContainerConfigError, refusal.get(), null);
    }
    try {
      ContainerConfig config =
          ContainerConfigs.of(request, user, files.ownMounts(request), unifiedCgroups, settings);
      PodSandboxConfig sandbox = SandboxConfigs.of(request.sandbox(), settings);
      return client.createContainer(request.sandboxId(), config, sandbox);
    } catch (IOException e) {
      throw new ContainerStartException(
          Reason.CreateContainerError, "cannot prepare the container's files: " + e, e);
    } catch (CriException e) {
      throw failed(Reason.CreateContainerError, e);
    }
  }

  private void run(String containerId) throws ContainerStartException {
    try {
      client.startContainer(containerId);
    } catch (CriException e) {
      throw failed(Reason.RunContainerError, e);
    }
  }

  private static ContainerStartException failed(Reason reason, CriException cause) {
    return new ContainerStartException(reason, String.valueOf(cause.getMessage()), cause);
  }

  private ImageUser imageUser(String imageRef) throws ContainerStartException {
    Optional<Image> image;
    try {
      image = client.imageStatus(ImageSpec.newBuilder().setImage(imageRef).build());
    } catch (CriException e) {
      throw failed(Reason.CreateContainerError, e);
    }
    if (image.isEmpty()) {
      throw new ContainerStartException(
          Reason.CreateContainerError, "image " + imageRef + " is no longer on the node", null);
    }
    if (image.get().hasUid()) {
      return new ImageUser(image.get().getUid().getValue(), "");
    }
    String name = image.get().getUsername();
    return name.isEmpty() ? ImageUser.ROOT : new ImageUser(null, name);
  }
}

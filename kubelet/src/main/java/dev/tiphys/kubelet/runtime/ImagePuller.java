package dev.tiphys.kubelet.runtime;

import static dev.tiphys.kubelet.runtime.RuntimeEvents.Type.Normal;
import static dev.tiphys.kubelet.runtime.RuntimeEvents.Type.Warning;
import static java.util.Objects.requireNonNullElse;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.cri.CriClient;
import dev.tiphys.cri.CriException;
import dev.tiphys.cri.v1.AuthConfig;
import dev.tiphys.cri.v1.Image;
import dev.tiphys.cri.v1.ImageSpec;
import dev.tiphys.cri.v1.PodSandboxConfig;
import dev.tiphys.kubelet.runtime.ImageException.Reason;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Sees to it that images are on the node, by each container's pull policy. Thread-safe. */
final class ImagePuller {
  private final CriClient client;
  private final RuntimeSettings settings;
  private final InstantSource clock;
  private final PullBackoff backoff;

  ImagePuller(CriClient client, RuntimeSettings settings, InstantSource clock) {
    this.client = client;
    this.settings = settings;
    this.clock = clock;
    this.backoff = new PullBackoff(clock);
  }

  /** The reference to start the container by. */
  String ensure(ImageRequest request, RuntimeEvents events) throws ImageException {
    try {
      return find(request, events);
    } catch (ImageException e) {
      events.happened(Warning, "Failed", "Error: " + e.reason());
      throw e;
    }
  }

  private String find(ImageRequest request, RuntimeEvents events) throws ImageException {
    String written = requireNonNullElse(request.container().image(), "");
    String name = checked(written, events);
    Policy policy = Policy.of(request.container(), name);
    Optional<Image> present = inspect(written, name, events);
    if (present.isPresent() && policy != Policy.ALWAYS) {
      events.happened(
          Normal, "Pulled", "Container image \"" + written + "\" already present on machine");
      return present.get().getId();
    }
    if (policy == Policy.NEVER) {
      String message =
          "Container image \"" + written + "\" is not present with pull policy of Never";
      events.happened(Warning, "ErrImageNeverPull", message);
      throw new ImageException(Reason.ErrImageNeverPull, message, null);
    }
    String key = PodIdentity.of(request.sandbox().pod()).uid() + "/" + name;
    Optional<String> earlier = backoff.waitingFor(key);
    if (earlier.isPresent()) {
      String message = "Back-off pulling image \"" + written + "\"";
      events.happened(Normal, "BackOff", message);
      throw new ImageException(
          Reason.ImagePullBackOff, message + ": ErrImagePull: " + earlier.get(), null);
    }
    return pull(request, written, name, key, events);
  }

  private String pull(
      ImageRequest request, String written, String name, String key, RuntimeEvents events)
      throws ImageException {
    events.happened(Normal, "Pulling", "Pulling image \"" + written + "\"");
    Instant start = clock.instant();
    PodSandboxConfig sandbox = SandboxConfigs.of(request.sandbox(), settings);
    CriException last = null;
    for (AuthConfig credentials : credentials(request.credentials(), name)) {
      try {
        String ref =
            client.pullImage(
                spec(name, written),
                credentials.equals(AuthConfig.getDefaultInstance()) ? null : credentials,
                sandbox,
                settings.pullTimeout());
        backoff.succeeded(key);
        Duration took = Duration.between(start, clock.instant());
        events.happened(
            Normal,
            "Pulled",
            "Successfully pulled image \"" + written + "\" in " + took.toMillis() + "ms");
        return ref;
      } catch (CriException e) {
        last = e;
      }
    }
    String message = last == null ? "" : requireNonNullElse(last.getMessage(), "");
    backoff.failed(key, message);
    events.happened(Warning, "Failed", "Failed to pull image \"" + written + "\": " + message);
    throw new ImageException(Reason.ErrImagePull, message, last);
  }

  private static String checked(String name, RuntimeEvents events) throws ImageException {
    try {
      return ImageName.complete(name);
    } catch (IllegalArgumentException e) {
      String message = requireNonNullElse(e.getMessage(), "");
      events.happened(Warning, "InspectFailed", message);
      throw new ImageException(Reason.InvalidImageName, message, e);
    }
  }

  private Optional<Image> inspect(String written, String name, RuntimeEvents events)
      throws ImageException {
    try {
      return client.imageStatus(spec(name, written));
    } catch (CriException e) {
      String message = "Failed to inspect image \"" + written + "\": " + e.getMessage();
      events.happened(Warning, "InspectFailed", message);
      throw new ImageException(Reason.ImageInspectError, message, e);
    }
  }

  private static ImageSpec spec(String name, String written) {
    return ImageSpec.newBuilder().setImage(name).setUserSpecifiedImage(written).build();
  }

  /** Those for the image's registry, then none. */
  private static List<AuthConfig> credentials(List<RegistryCredentials> all, String name) {
    String registry = ImageName.registry(name);
    List<AuthConfig> fitting = new ArrayList<>();
    for (RegistryCredentials credentials : all) {
      if (credentials.server().isEmpty() || credentials.server().equals(registry)) {
        fitting.add(
            AuthConfig.newBuilder()
                .setServerAddress(credentials.server())
                .setUsername(credentials.username())
                .setPassword(credentials.password())
                .build());
      }
    }
    fitting.add(AuthConfig.getDefaultInstance());
    return fitting;
  }

  private enum Policy {
    ALWAYS,
    IF_NOT_PRESENT,
    NEVER;

    static Policy of(Container container, String name) {
      @Nullable String policy = container.imagePullPolicy();
      if (policy == null || policy.isEmpty()) {
        return name.endsWith(":latest") ? ALWAYS : IF_NOT_PRESENT;
      }
      return switch (policy) {
        case "Always" -> ALWAYS;
        case "Never" -> NEVER;
        default -> IF_NOT_PRESENT;
      };
    }
  }
}

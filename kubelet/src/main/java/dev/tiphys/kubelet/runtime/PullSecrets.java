package dev.tiphys.kubelet.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNullElse;

import dev.tiphys.api.codec.DecodeException;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.core.v1.LocalObjectReference;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.Secret;
import dev.tiphys.api.value.Bytes;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A pod's {@code imagePullSecrets}, read as docker configurations. Pure functions. */
public final class PullSecrets {
  private PullSecrets() {}

  /** All that can be read; {@code events} hears of the names of those that cannot. */
  public static List<RegistryCredentials> of(
      Pod pod, ContainerEnvironment.Sources sources, RuntimeEvents events) {
    List<RegistryCredentials> all = new ArrayList<>();
    List<String> unreadable = new ArrayList<>();
    for (LocalObjectReference reference :
        requireNonNullElse(pod.spec(), PodSpec.EMPTY).imagePullSecrets()) {
      String name = requireNonNullElse(reference.name(), "");
      Optional<List<RegistryCredentials>> read = sources.secret(name).flatMap(PullSecrets::read);
      read.ifPresent(all::addAll);
      if (read.isEmpty()) {
        unreadable.add(name);
      }
    }
    if (!unreadable.isEmpty()) {
      events.happened(
          RuntimeEvents.Type.Warning,
          "FailedToRetrieveImagePullSecret",
          "Unable to retrieve some image pull secrets ("
              + String.join(", ", unreadable)
              + "); attempting to pull the image may not succeed.");
    }
    return all;
  }

  /** What a Secret says; empty if it is not a docker configuration. */
  static Optional<List<RegistryCredentials>> read(Secret secret) {
    try {
      return switch (requireNonNullElse(secret.type(), "")) {
        case "kubernetes.io/dockerconfigjson" ->
            tree(secret.data().get(".dockerconfigjson"))
                .flatMap(config -> Optional.ofNullable(config.get("auths")))
                .map(PullSecrets::servers);
        case "kubernetes.io/dockercfg" ->
            tree(secret.data().get(".dockercfg")).map(PullSecrets::servers);
        default -> Optional.empty();
      };
    } catch (DecodeException | IllegalArgumentException e) {
      return Optional.empty(); // Not JSON, or not base64 within: the caller names the Secret.
    }
  }

  private static Optional<JsonTree.Obj> tree(@org.jspecify.annotations.Nullable Bytes json) {
    return json != null && JsonTree.parse(json.toByteArray()) instanceof JsonTree.Obj object
        ? Optional.of(object)
        : Optional.empty();
  }

  private static List<RegistryCredentials> servers(JsonTree tree) {
    List<RegistryCredentials> all = new ArrayList<>();
    if (tree instanceof JsonTree.Obj servers) {
      for (Map.Entry<String, JsonTree> server : servers.members().entrySet()) {
        if (server.getValue() instanceof JsonTree.Obj login) {
          all.add(credentials(host(server.getKey()), login));
        }
      }
    }
    return all;
  }

  private static RegistryCredentials credentials(String server, JsonTree.Obj login) {
    String auth = text(login, "auth");
    if (!auth.isEmpty()) {
      String[] both = new String(Base64.getDecoder().decode(auth), UTF_8).split(":", 2);
      return new RegistryCredentials(server, both[0], both.length > 1 ? both[1] : "");
    }
    return new RegistryCredentials(server, text(login, "username"), text(login, "password"));
  }

  private static String text(JsonTree.Obj object, String name) {
    return object.get(name) instanceof JsonTree.Text text ? text.value() : "";
  }

  /** {@code https://index.docker.io/v1/} is how docker has always written docker.io. */
  private static String host(String server) {
    String host = server.replaceFirst("^https?://", "").replaceFirst("/.*$", "");
    return host.equals("index.docker.io") || host.equals("registry-1.docker.io")
        ? "docker.io"
        : host;
  }
}

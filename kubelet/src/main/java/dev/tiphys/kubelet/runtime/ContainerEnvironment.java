package dev.tiphys.kubelet.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNullElse;

import dev.tiphys.api.core.v1.ConfigMap;
import dev.tiphys.api.core.v1.ConfigMapKeySelector;
import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.EnvFromSource;
import dev.tiphys.api.core.v1.EnvVar;
import dev.tiphys.api.core.v1.EnvVarSource;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.ResourceFieldSelector;
import dev.tiphys.api.core.v1.Secret;
import dev.tiphys.api.core.v1.SecretKeySelector;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The environment of a container: {@code envFrom}, then {@code env}, which may refer to what came
 * before as {@code $(NAME)}, then the services' variables, where a name is still free.
 */
public final class ContainerEnvironment {
  /** Where values come from; both look in the pod's namespace. */
  public interface Sources {
    /** The ConfigMap of that name; empty if there is none. */
    Optional<ConfigMap> configMap(String name);

    /** The Secret of that name; empty if there is none. */
    Optional<Secret> secret(String name);
  }

  private final Pod pod;
  private final Sources sources;
  private final PodFields.Placement placement;
  private final Map<String, String> services;

  /**
   * For the containers of one pod.
   *
   * @param services variables such as WEB_SERVICE_HOST, those of kubernetes.default included
   */
  public ContainerEnvironment(
      Pod pod, Sources sources, PodFields.Placement placement, Map<String, String> services) {
    this.pod = pod;
    this.sources = sources;
    this.placement = placement;
    this.services = Map.copyOf(services);
  }

  /**
   * All variables, in order. Throws CreateContainerConfigError if a value that is not optional is
   * not to be had; that may change.
   */
  public Map<String, String> of(Container container) throws ContainerStartException {
    Map<String, String> all = new LinkedHashMap<>();
    for (EnvFromSource from : container.envFrom()) {
      addAll(from, all);
    }
    for (EnvVar variable : container.env()) {
      String name = requireNonNullElse(variable.name(), "");
      EnvVarSource from = variable.valueFrom();
      if (from == null) {
        all.put(
            name,
            VariableExpansion.expand(
                requireNonNullElse(variable.value(), ""),
                reference -> all.getOrDefault(reference, services.get(reference))));
      } else {
        String value = valueFrom(container, from);
        if (value != null) {
          all.put(name, value);
        }
      }
    }
    services.forEach(all::putIfAbsent);
    return all;
  }

  private void addAll(EnvFromSource from, Map<String, String> all) throws ContainerStartException {
    String prefix = requireNonNullElse(from.prefix(), "");
    if (from.configMapRef() != null) {
      String name = requireNonNullElse(from.configMapRef().name(), "");
      Optional<ConfigMap> map = sources.configMap(name);
      if (map.isEmpty() && !Boolean.TRUE.equals(from.configMapRef().optional())) {
        throw missing("configmap \"" + name + "\" not found");
      }
      map.ifPresent(m -> m.data().forEach((key, value) -> all.put(prefix + key, value)));
    }
    if (from.secretRef() != null) {
      String name = requireNonNullElse(from.secretRef().name(), "");
      Optional<Secret> secret = sources.secret(name);
      if (secret.isEmpty() && !Boolean.TRUE.equals(from.secretRef().optional())) {
        throw missing("secret \"" + name + "\" not found");
      }
      secret.ifPresent(s ->
          s.data()
              .forEach(
                  (key, value) -> all.put(prefix + key, new String(value.toByteArray(), UTF_8))));
    }
  }

  private @Nullable String valueFrom(Container container, EnvVarSource from)
      throws ContainerStartException {
    if (from.fieldRef() != null) {
      String path = requireNonNullElse(from.fieldRef().fieldPath(), "");
      return PodFields.field(pod, path, placement)
          .orElseThrow(() -> missing("unsupported fieldPath: " + path));
    }
    ResourceFieldSelector resource = from.resourceFieldRef();
    if (resource != null) {
      String of = requireNonNullElse(resource.containerName(), "");
      return PodFields.resource(of.isEmpty() ? container : named(of), resource, placement)
          .orElseThrow(() -> missing("unsupported container resource: " + resource.resource()));
    }
    if (from.configMapKeyRef() != null) {
      return fromConfigMap(from.configMapKeyRef());
    }
    return from.secretKeyRef() == null ? null : fromSecret(from.secretKeyRef());
  }

  private @Nullable String fromConfigMap(ConfigMapKeySelector selector)
      throws ContainerStartException {
    String name = requireNonNullElse(selector.name(), "");
    Optional<ConfigMap> map = sources.configMap(name);
    String value = map.map(m -> m.data().get(selector.key())).orElse(null);
    if (value == null && !Boolean.TRUE.equals(selector.optional())) {
      throw missing(
          map.isEmpty()
              ? "configmap \"" + name + "\" not found"
              : "couldn't find key " + selector.key() + " in ConfigMap " + inNamespace(name));
    }
    return value;
  }

  private @Nullable String fromSecret(SecretKeySelector selector) throws ContainerStartException {
    String name = requireNonNullElse(selector.name(), "");
    Optional<Secret> secret = sources.secret(name);
    String value =
        secret
            .map(s -> s.data().get(selector.key()))
            .map(bytes -> new String(bytes.toByteArray(), UTF_8))
            .orElse(null);
    if (value == null && !Boolean.TRUE.equals(selector.optional())) {
      throw missing(
          secret.isEmpty()
              ? "secret \"" + name + "\" not found"
              : "couldn't find key " + selector.key() + " in Secret " + inNamespace(name));
    }
    return value;
  }

  private String inNamespace(String name) {
    return pod.metadata().namespace() + "/" + name;
  }

  private Container named(String name) throws ContainerStartException {
    PodSpec spec = pod.spec() == null ? PodSpec.EMPTY : pod.spec();
    return Stream.concat(spec.containers().stream(), spec.initContainers().stream())
        .filter(container -> name.equals(container.name()))
        .findFirst()
        .orElseThrow(() -> missing("container " + name + " not found"));
  }

  private static ContainerStartException missing(String message) {
    return new ContainerStartException(
        ContainerStartException.Reason.CreateContainerConfigError, message, null);
  }
}

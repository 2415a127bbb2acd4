package dev.tiphys.apiserver.strategy.workload;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.ContainerPort;
import dev.tiphys.api.core.v1.EphemeralContainer;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.ResourceRequirements;
import dev.tiphys.api.value.Quantity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Values of pod specs that follow from other fields. Idempotent. */
public final class PodSpecDefaults {

  private PodSpecDefaults() {}

  /** For a template of pods. */
  public static PodSpec fillTemplate(PodSpec spec) {
    boolean hostNetwork = Boolean.TRUE.equals(spec.hostNetwork());
    PodSpec.Builder filled =
        spec.toBuilder()
            .containers(fill(spec.containers(), hostNetwork))
            .initContainers(fill(spec.initContainers(), hostNetwork))
            .ephemeralContainers(
                spec.ephemeralContainers().stream().map(PodSpecDefaults::pulled).toList());
    // Two names of one thing: older clients write and read the deprecated one.
    if (spec.serviceAccountName() == null && spec.serviceAccount() != null) {
      filled.serviceAccountName(spec.serviceAccount());
    } else if (spec.serviceAccountName() != null) {
      filled.serviceAccount(spec.serviceAccountName());
    }
    return filled.build();
  }

  /** For a pod: as a template, and what is filled in only when a pod is made of it. */
  public static PodSpec fillPod(PodSpec spec) {
    PodSpec filled = fillTemplate(spec);
    return filled.toBuilder()
        .containers(filled.containers().stream().map(PodSpecDefaults::withRequests).toList())
        .initContainers(
            filled.initContainers().stream().map(PodSpecDefaults::withRequests).toList())
        .enableServiceLinks(Objects.requireNonNullElse(filled.enableServiceLinks(), true))
        .build();
  }

  private static List<Container> fill(List<Container> containers, boolean hostNetwork) {
    List<Container> filled = new ArrayList<>();
    for (Container container : containers) {
      Container.Builder builder = container.toBuilder();
      if (container.imagePullPolicy() == null && container.image() != null) {
        builder.imagePullPolicy(isLatest(container.image()) ? "Always" : "IfNotPresent");
      }
      if (hostNetwork) {
        builder.ports(container.ports().stream().map(PodSpecDefaults::onHost).toList());
      }
      filled.add(builder.build());
    }
    return filled;
  }

  private static EphemeralContainer pulled(EphemeralContainer container) {
    return container.imagePullPolicy() == null && container.image() != null
        ? container.withImagePullPolicy(isLatest(container.image()) ? "Always" : "IfNotPresent")
        : container;
  }

  /** On the node's own network a container's port is the node's. */
  private static ContainerPort onHost(ContainerPort port) {
    return port.hostPort() == null ? port.withHostPort(port.containerPort()) : port;
  }

  /** An image without tag and digest is {@code latest}. */
  private static boolean isLatest(String image) {
    if (image.contains("@")) {
      return false;
    }
    String last = image.substring(image.lastIndexOf('/') + 1);
    int colon = last.indexOf(':');
    return colon < 0 || last.substring(colon + 1).equals("latest");
  }

  /** What is limited and not requested is requested as far as it is limited. */
  private static Container withRequests(Container container) {
    ResourceRequirements resources = container.resources();
    if (resources == null || resources.limits().isEmpty()) {
      return container;
    }
    Map<String, Quantity> requests = new LinkedHashMap<>(resources.requests());
    resources.limits().forEach(requests::putIfAbsent);
    return requests.size() == resources.requests().size()
        ? container
        : container.withResources(resources.withRequests(requests));
  }
}

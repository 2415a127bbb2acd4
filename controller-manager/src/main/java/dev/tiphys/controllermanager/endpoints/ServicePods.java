package dev.tiphys.controllermanager.endpoints;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.ContainerPort;
import dev.tiphys.api.core.v1.ObjectReference;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.Service;
import dev.tiphys.api.core.v1.ServicePort;
import dev.tiphys.api.core.v1.ServiceSpec;
import dev.tiphys.api.value.IntOrString;
import dev.tiphys.controllermanager.common.Absent;
import dev.tiphys.controllermanager.pod.Pods;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How a Service and its pods fit together. Pure. */
final class ServicePods {

  private ServicePods() {}

  /** Whether endpoints of the Service are ours to keep. */
  static boolean managed(Service service) {
    ServiceSpec spec = service.spec();
    return spec != null && !spec.selector().isEmpty() && !"ExternalName".equals(spec.type());
  }

  /** Whether the Service has no address of its own. */
  static boolean headless(Service service) {
    return service.spec() != null && "None".equals(service.spec().clusterIP());
  }

  /** Whether clients want pods even before they are ready. */
  static boolean publishesNotReady(Service service) {
    return service.spec() != null && Boolean.TRUE.equals(service.spec().publishNotReadyAddresses());
  }

  /** Whether the pod selector of a Service matches. */
  static boolean selects(Service service, Pod pod) {
    return service.spec() != null
        && pod.metadata().labels().entrySet().containsAll(service.spec().selector().entrySet());
  }

  /** The IP families of the Service, {@code IPv4} or {@code IPv6}. */
  static List<String> families(Service service) {
    List<String> families = Absent.never(service.spec()).ipFamilies();
    return families.isEmpty() ? List.of("IPv4") : families;
  }

  /** A pod's address of a family, or null. */
  static @Nullable String address(Pod pod, String family) {
    if (pod.status() == null) {
      return null;
    }
    boolean six = family.equals("IPv6");
    return Stream.concat(
            Stream.of(Absent.empty(pod.status().podIP())),
            pod.status().podIPs().stream().map(each -> Absent.empty(each.ip())))
        .filter(ip -> !ip.isEmpty() && ip.contains(":") == six)
        .findFirst()
        .orElse(null);
  }

  /**
   * The number behind a Service's target port in one pod: its own number, or that of the container
   * port of that name.
   *
   * @return null if the pod has no such port
   */
  static @Nullable Integer targetPort(Pod pod, ServicePort port) {
    IntOrString target = port.targetPort();
    if (target == null) {
      return port.port();
    }
    if (target.number() != null) {
      return target.number() == 0 ? port.port() : target.number();
    }
    PodSpec spec = Absent.never(pod.spec());
    List<Container> containers = new ArrayList<>(spec.containers());
    spec.initContainers().stream()
        .filter(each -> "Always".equals(each.restartPolicy()))
        .forEach(containers::add);
    for (Container container : containers) {
      for (ContainerPort each : container.ports()) {
        boolean named = Absent.empty(each.name()).equals(target.text());
        if (named && protocol(each.protocol()).equals(protocol(port.protocol()))) {
          return each.containerPort();
        }
      }
    }
    return null;
  }

  /** A protocol; TCP if none is said. */
  static String protocol(@Nullable String protocol) {
    return Absent.or(protocol, "TCP");
  }

  /** The name by which DNS knows the pod within the Service, or null. */
  static @Nullable String hostname(Service service, Pod pod) {
    PodSpec spec = pod.spec();
    boolean named =
        spec != null
            && !Absent.empty(spec.hostname()).isEmpty()
            && Absent.empty(spec.subdomain()).equals(service.metadata().name());
    return named ? Absent.never(spec).hostname() : null;
  }

  /** A reference to the pod. */
  static ObjectReference reference(Pod pod) {
    return ObjectReference.builder()
        .kind("Pod")
        .namespace(pod.metadata().namespace())
        .name(pod.metadata().name())
        .uid(pod.metadata().uid())
        .build();
  }

  /** Whether the pod could answer at all: it has an address and has not ended. */
  static boolean hasPlace(Pod pod) {
    return !Pods.ended(pod)
        && pod.status() != null
        && !(Absent.empty(pod.status().podIP()).isEmpty() && pod.status().podIPs().isEmpty());
  }
}

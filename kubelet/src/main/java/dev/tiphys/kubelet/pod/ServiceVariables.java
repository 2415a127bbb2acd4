package dev.tiphys.kubelet.pod;

import dev.tiphys.api.core.v1.Service;
import dev.tiphys.api.core.v1.ServicePort;
import dev.tiphys.api.core.v1.ServiceSpec;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The variables by which containers find services: {@code WEB_SERVICE_HOST} and those that Docker
 * links had. Pure.
 */
final class ServiceVariables {

  private ServiceVariables() {}

  /**
   * For a pod of a namespace.
   *
   * @param links whether it wants all services of its namespace; {@code kubernetes} is always there
   */
  static Map<String, String> of(
      Collection<Service> services, @Nullable String namespace, boolean links) {
    Map<String, String> variables = new TreeMap<>();
    for (Service service : services) {
      boolean kubernetes =
          "default".equals(service.metadata().namespace())
              && "kubernetes".equals(service.metadata().name());
      boolean near = links && Objects.equals(service.metadata().namespace(), namespace);
      if (kubernetes || near) {
        // A service of that name in the pod's own namespace comes before the cluster's.
        add(variables, service, near);
      }
    }
    return variables;
  }

  private static void add(Map<String, String> variables, Service service, boolean wins) {
    ServiceSpec spec = service.spec();
    String ip = spec == null ? null : spec.clusterIP();
    if (spec == null || ip == null || ip.isEmpty() || ip.equals("None") || spec.ports().isEmpty()) {
      return;
    }
    Map<String, String> own = new TreeMap<>();
    String name = variable(String.valueOf(service.metadata().name()));
    ServicePort first = spec.ports().getFirst();
    own.put(name + "_SERVICE_HOST", ip);
    own.put(name + "_SERVICE_PORT", String.valueOf(first.port()));
    own.put(name + "_PORT", url(first, ip));
    for (ServicePort port : spec.ports()) {
      if (port.name() != null && !port.name().isEmpty()) {
        own.put(name + "_SERVICE_PORT_" + variable(port.name()), String.valueOf(port.port()));
      }
      String prefix = name + "_PORT_" + port.port() + "_" + protocol(port).toUpperCase(Locale.ROOT);
      own.put(prefix, url(port, ip));
      own.put(prefix + "_PROTO", protocol(port));
      own.put(prefix + "_PORT", String.valueOf(port.port()));
      own.put(prefix + "_ADDR", ip);
    }
    own.forEach((key, value) -> {
      if (wins) {
        variables.put(key, value);
      } else {
        variables.putIfAbsent(key, value);
      }
    });
  }

  private static String url(ServicePort port, String ip) {
    return protocol(port) + "://" + ip + ":" + port.port();
  }

  private static String protocol(ServicePort port) {
    return port.protocol() == null ? "tcp" : port.protocol().toLowerCase(Locale.ROOT);
  }

  private static String variable(String name) {
    return name.toUpperCase(Locale.ROOT).replace('-', '_');
  }
}

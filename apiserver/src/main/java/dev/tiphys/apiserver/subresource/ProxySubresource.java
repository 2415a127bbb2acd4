package dev.tiphys.apiserver.subresource;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.Node;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.Service;
import dev.tiphys.api.core.v1.ServicePort;
import dev.tiphys.api.discovery.v1.Endpoint;
import dev.tiphys.api.discovery.v1.EndpointPort;
import dev.tiphys.api.discovery.v1.EndpointSlice;
import dev.tiphys.apiserver.admission.Admission;
import dev.tiphys.apiserver.admission.Admission.Operation;
import dev.tiphys.apiserver.http.Headers;
import dev.tiphys.apiserver.kubelet.BackendProxy;
import dev.tiphys.apiserver.kubelet.BackendProxy.Backend;
import dev.tiphys.apiserver.kubelet.KubeletClient;
import dev.tiphys.apiserver.kubelet.KubeletException;
import dev.tiphys.apiserver.request.ApiCall;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.storage.ObjectKey;
import dev.tiphys.apiserver.strategy.ClusterView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * {@code proxy} of pods, services and nodes: what follows {@code proxy} in the path is asked of the
 * pod, of one of the service's ready pods, or of the kubelet. The name may have a scheme before it
 * and a port behind it: {@code https:web:8443}.
 */
public final class ProxySubresource implements Subresource {

  /** Whose proxy. */
  public enum Target {
    /** A pod. */
    POD,
    /** A service. */
    SERVICE,
    /** A node's kubelet. */
    NODE
  }

  private final Target target;
  private final Endpoints endpoints;
  private final ClusterView view;
  private final KubeletClient kubelets;
  private final BackendProxy proxy;
  private final Admission admission;
  private final RandomGenerator random;

  /** Passes requests on; the random source chooses among a service's pods. */
  public ProxySubresource(
      Target target,
      Endpoints endpoints,
      ClusterView view,
      KubeletClient kubelets,
      BackendProxy proxy,
      Admission admission,
      RandomGenerator random) {
    this.target = target;
    this.endpoints = endpoints;
    this.view = view;
    this.kubelets = kubelets;
    this.proxy = proxy;
    this.admission = admission;
    this.random = random;
  }

  /** {@code [scheme:]name[:port]}. */
  record Address(String scheme, String name, String port) {

    static Address parse(String text) {
      String[] parts = text.split(":", -1);
      return switch (parts.length) {
        case 1 -> new Address("http", parts[0], "");
        case 2 ->
            parts[0].equals("http") || parts[0].equals("https")
                ? new Address(parts[0], parts[1], "")
                : new Address("http", parts[0], parts[1]);
        case 3 -> new Address(parts[0].isEmpty() ? "http" : parts[0], parts[1], parts[2]);
        default -> throw ApiException.badRequest("invalid proxy request \"" + text + "\"");
      };
    }
  }

  @Override
  public void handle(ApiCall call, dev.tiphys.apiserver.resource.Endpoint<?> endpoint)
      throws IOException {
    Address address = Address.parse(call.info().name());
    admission.validate(
        new Admission.Request(
            Operation.CONNECT,
            endpoint.type(),
            "proxy",
            call.info().namespace(),
            address.name(),
            call.user(),
            false),
        null,
        null);
    String path = rest(call.exchange().rawPath());
    if (path.isEmpty() && List.of("GET", "HEAD").contains(call.exchange().method())) {
      // Relative links in what comes back are relative to the slash.
      call.exchange()
          .respond(301, Headers.of("Location", call.exchange().rawPath() + "/" + query(call)));
      return;
    }
    String wanted = (path.isEmpty() ? "/" : path) + query(call);
    try {
      switch (target) {
        case NODE ->
            proxy.toKubelet(
                call.exchange(), kubelets.addressOf(node(address.name())), wanted, call.body());
        case POD ->
            proxy.toPod(
                call.exchange(), pod(call.info().namespace(), address), wanted, call.body());
        case SERVICE ->
            proxy.toPod(
                call.exchange(), service(call.info().namespace(), address), wanted, call.body());
      }
    } catch (KubeletException e) {
      throw ApiException.unavailable(String.valueOf(e.getMessage()));
    }
  }

  /** What follows {@code /proxy}, encoded as it came. */
  static String rest(String rawPath) {
    String[] parts = rawPath.split("/", -1);
    // /api/v1/nodes/NAME/proxy/… or /api/v1/namespaces/NS/pods/NAME/proxy/…
    int at = parts.length > 3 && parts[3].equals("namespaces") ? 7 : 5;
    StringBuilder rest = new StringBuilder();
    for (int i = at + 1; i < parts.length; i++) {
      rest.append('/').append(parts[i]);
    }
    return rest.toString();
  }

  private static String query(ApiCall call) {
    String whole = call.exchange().rawTarget();
    int mark = whole.indexOf('?');
    return mark < 0 ? "" : whole.substring(mark);
  }

  private Node node(String name) {
    return endpoints.of(Resources.NODES).reads().get(ObjectKey.clusterScoped(name), "").object();
  }

  private Backend pod(String namespace, Address address) {
    Pod pod =
        endpoints
            .of(Resources.PODS)
            .reads()
            .get(new ObjectKey(namespace, address.name()), "")
            .object();
    String ip = pod.status() == null ? null : pod.status().podIP();
    if (ip == null || ip.isEmpty()) {
      throw ApiException.badRequest("address not allowed");
    }
    return new Backend(address.scheme(), ip, podPort(pod, address.port()));
  }

  private static int podPort(Pod pod, String wanted) {
    if (!wanted.isEmpty()) {
      return number(wanted);
    }
    if (pod.spec() != null) {
      for (var container : pod.spec().containers()) {
        for (var port : container.ports()) {
          if (port.containerPort() != null) {
            return port.containerPort();
          }
        }
      }
    }
    return 80;
  }

  private static int number(String text) {
    if (!text.matches("[0-9]{1,5}")) {
      throw ApiException.badRequest("invalid port \"" + text + "\"");
    }
    return Integer.parseInt(text);
  }

  private Backend service(String namespace, Address address) {
    Service service =
        endpoints
            .of(Resources.SERVICES)
            .reads()
            .get(new ObjectKey(namespace, address.name()), "")
            .object();
    String port = portName(service, address.port());
    List<Backend> ready = new ArrayList<>();
    for (EndpointSlice slice : view.list(Resources.ENDPOINT_SLICES, namespace)) {
      String owner = slice.metadata().labels().get("kubernetes.io/service-name");
      if (address.name().equals(owner)) {
        collect(slice, port, address.scheme(), ready);
      }
    }
    if (ready.isEmpty()) {
      throw ApiException.unavailable(
          "no endpoints available for service \"" + call(address) + "\"");
    }
    return ready.get(random.nextInt(ready.size()));
  }

  private static String call(Address address) {
    return address.port().isEmpty() ? address.name() : address.name() + ":" + address.port();
  }

  /** A service's port by name or number; its name is that of the endpoints' port. */
  private static String portName(Service service, String wanted) {
    List<ServicePort> ports = service.spec() == null ? List.of() : service.spec().ports();
    for (ServicePort port : ports) {
      String name = Objects.requireNonNullElse(port.name(), "");
      if (wanted.equals(name) || wanted.equals(String.valueOf(port.port()))) {
        return name;
      }
    }
    if (wanted.isEmpty() && ports.size() == 1) {
      return Objects.requireNonNullElse(ports.getFirst().name(), "");
    }
    throw ApiException.unavailable(
        "no service port \""
            + wanted
            + "\" found for service \""
            + service.metadata().name()
            + "\"");
  }

  private static void collect(
      EndpointSlice slice, String portName, String scheme, List<Backend> ready) {
    for (EndpointPort port : slice.ports()) {
      if (port.port() == null || !portName.equals(Objects.requireNonNullElse(port.name(), ""))) {
        continue;
      }
      for (Endpoint endpoint : slice.endpoints()) {
        @Nullable Boolean usable =
            endpoint.conditions() == null ? null : endpoint.conditions().ready();
        if (!Boolean.FALSE.equals(usable) && !endpoint.addresses().isEmpty()) {
          ready.add(new Backend(scheme, endpoint.addresses().getFirst(), port.port()));
        }
      }
    }
  }
}

package dev.tiphys.apiserver.bootstrap;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.EndpointAddress;
import dev.tiphys.api.core.v1.EndpointPort;
import dev.tiphys.api.core.v1.EndpointSubset;
import dev.tiphys.api.core.v1.Service;
import dev.tiphys.api.core.v1.ServicePort;
import dev.tiphys.api.core.v1.ServiceSpec;
import dev.tiphys.api.discovery.v1.Endpoint;
import dev.tiphys.api.discovery.v1.EndpointConditions;
import dev.tiphys.api.discovery.v1.EndpointSlice;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.value.IntOrString;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.resource.WriteContext;
import dev.tiphys.apiserver.storage.StorageException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service {@code kubernetes}, by which pods find the API, and behind it this server and those
 * beside it, as {@link MasterLeases} tell. A server that stops takes its address away.
 */
public final class KubernetesService implements Bootstrap.Step, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(KubernetesService.class);

  private static final String NAME = "kubernetes";
  private static final String NAMESPACE = "default";
  private static final int PORT = 443;

  private final Endpoints endpoints;
  private final @Nullable MasterLeases leases;
  private final String clusterIp;
  private final String address;
  private final int port;

  /**
   * Publishes this server.
   *
   * @param leases by which servers know of each other; null if somebody else keeps the endpoints
   * @param clusterIp of the service: the first of the range
   * @param address and port of this server
   */
  public KubernetesService(
      Endpoints endpoints,
      @Nullable MasterLeases leases,
      String clusterIp,
      String address,
      int port) {
    this.endpoints = endpoints;
    this.leases = leases;
    this.clusterIp = clusterIp;
    this.address = address;
    this.port = port;
  }

  @Override
  public String name() {
    return "start-kubernetes-service-cidr-controller";
  }

  @Override
  public void run() {
    WriteContext context = WriteContext.ofServer("kube-apiserver");
    Ensure.present(
        endpoints.of(Resources.SERVICES),
        context,
        service(),
        found -> found.spec() == null ? service() : withPorts(found));
    MasterLeases shared = leases;
    if (shared == null) {
      return;
    }
    try {
      shared.renew(address);
      publish(context, shared.addresses());
    } catch (StorageException e) {
      throw ApiException.unavailable(String.valueOf(e.getMessage()));
    }
  }

  private void publish(WriteContext context, List<String> addresses) {
    dev.tiphys.api.core.v1.Endpoints behind = endpointsObject(addresses);
    Ensure.present(
        endpoints.of(Resources.ENDPOINTS),
        context,
        behind,
        found -> found.withSubsets(behind.subsets()));
    EndpointSlice slice = slice(addresses);
    Ensure.present(
        endpoints.of(Resources.ENDPOINT_SLICES),
        context,
        slice,
        found -> found.withEndpoints(slice.endpoints()).withPorts(slice.ports()));
  }

  private Service withPorts(Service found) {
    ServiceSpec spec = found.spec();
    return spec == null || sameTarget(spec) ? found : found.withSpec(spec.withPorts(ports()));
  }

  private boolean sameTarget(ServiceSpec spec) {
    return spec.ports().size() == 1
        && IntOrString.of(port).equals(spec.ports().getFirst().targetPort());
  }

  private Service service() {
    return Service.builder()
        .metadata(
            ObjectMeta.builder()
                .name(NAME)
                .namespace(NAMESPACE)
                .labels(Map.of("component", "apiserver", "provider", NAME))
                .build())
        .spec(
            ServiceSpec.builder()
                .type("ClusterIP")
                .clusterIP(clusterIp)
                .clusterIPs(List.of(clusterIp))
                .ports(ports())
                .sessionAffinity("None")
                .build())
        .build();
  }

  private List<ServicePort> ports() {
    return List.of(
        ServicePort.builder()
            .name("https")
            .protocol("TCP")
            .port(PORT)
            .targetPort(IntOrString.of(port))
            .build());
  }

  private dev.tiphys.api.core.v1.Endpoints endpointsObject(List<String> addresses) {
    return dev.tiphys.api.core.v1.Endpoints.builder()
        .metadata(
            ObjectMeta.builder()
                .name(NAME)
                .namespace(NAMESPACE)
                .labels(Map.of("endpointslice.kubernetes.io/skip-mirror", "true"))
                .build())
        .subsets(
            List.of(
                EndpointSubset.builder()
                    .addresses(
                        addresses.stream()
                            .map(one -> EndpointAddress.builder().ip(one).build())
                            .toList())
                    .ports(
                        List.of(
                            EndpointPort.builder()
                                .name("https")
                                .port(port)
                                .protocol("TCP")
                                .build()))
                    .build()))
        .build();
  }

  private EndpointSlice slice(List<String> addresses) {
    return EndpointSlice.builder()
        .metadata(
            ObjectMeta.builder()
                .name(NAME)
                .namespace(NAMESPACE)
                .labels(Map.of("kubernetes.io/service-name", NAME))
                .build())
        .addressType(address.contains(":") ? "IPv6" : "IPv4")
        .endpoints(
            addresses.stream()
                .map(one ->
                    Endpoint.builder()
                        .addresses(List.of(one))
                        .conditions(EndpointConditions.builder().ready(true).build())
                        .build())
                .toList())
        .ports(
            List.of(
                dev.tiphys.api.discovery.v1.EndpointPort.builder()
                    .name("https")
                    .port(port)
                    .protocol("TCP")
                    .build()))
        .build();
  }

  @Override
  public void close() {
    MasterLeases shared = leases;
    if (shared == null) {
      return;
    }
    try {
      shared.remove(address);
      List<String> others = shared.addresses();
      // Servers behind one balancer share its address: the next of them says so again soon.
      if (!others.isEmpty()) {
        publish(WriteContext.ofServer("kube-apiserver"), others);
      }
    } catch (StorageException | ApiException e) {
      // The store may have gone first; the lease then ends by itself.
      log.debug("event=endpoint-not-removed address={} cause=\"{}\"", address, e.getMessage());
    }
  }
}

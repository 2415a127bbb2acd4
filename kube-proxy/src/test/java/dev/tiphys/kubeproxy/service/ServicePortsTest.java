package dev.tiphys.kubeproxy.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.core.v1.Service;
import dev.tiphys.api.core.v1.ServiceSpec;
import dev.tiphys.api.discovery.v1.Endpoint;
import dev.tiphys.api.discovery.v1.EndpointConditions;
import dev.tiphys.api.discovery.v1.EndpointPort;
import dev.tiphys.api.discovery.v1.EndpointSlice;
import dev.tiphys.api.meta.v1.ObjectMeta;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ServicePortsTest {

  @Test
  void aServicePortHasTheBackendsOfItsSlices() {
    Service web = service("10.96.0.10");
    EndpointSlice slice =
        slice(
            endpoint("10.244.0.5", "here", EndpointConditions.builder().ready(true).build()),
            endpoint("10.244.1.6", "there", EndpointConditions.EMPTY));

    List<ServicePort> ports = ServicePorts.of(IpFamily.IPV4, List.of(web), List.of(slice), "here");

    assertThat(ports)
        .singleElement()
        .satisfies(port -> {
          assertThat(port.name()).isEqualTo("default/web:http");
          assertThat(port.clusterBackends())
              .containsExactly(
                  Backend.remote("10.244.0.5", 8080).onThisNode(),
                  Backend.remote("10.244.1.6", 8080));
        });
  }

  @Test
  void endpointsThatAreNotReadyTakeNoTraffic() {
    EndpointSlice slice =
        slice(endpoint("10.244.0.5", "here", EndpointConditions.builder().ready(false).build()));

    ServicePort port =
        ServicePorts.of(IpFamily.IPV4, List.of(service("10.96.0.10")), List.of(slice), "here")
            .getFirst();

    assertThat(port.clusterBackends()).isEmpty();
  }

  @Test
  void terminatingEndpointsServeWhenNothingElseDoes() {
    EndpointConditions draining =
        EndpointConditions.builder().ready(false).serving(true).terminating(true).build();
    EndpointSlice slice = slice(endpoint("10.244.0.5", "here", draining));

    ServicePort port =
        ServicePorts.of(IpFamily.IPV4, List.of(service("10.96.0.10")), List.of(slice), "here")
            .getFirst();

    assertThat(port.clusterBackends()).extracting(Backend::ip).containsExactly("10.244.0.5");
  }

  @Test
  void headlessServicesNeedNoRules() {
    assertThat(ServicePorts.of(IpFamily.IPV4, List.of(service("None")), List.of(), "here"))
        .isEmpty();
  }

  @Test
  void eachFamilyHasItsOwnAddressesAndBackends() {
    Service both = service("10.96.0.10");
    both =
        both.withSpec(
            Objects.requireNonNull(both.spec()).toBuilder()
                .clusterIPs(List.of("10.96.0.10", "fd00:10:96::a"))
                .externalIPs(List.of("192.0.2.1", "2001:db8::1"))
                .build());
    EndpointSlice four = slice(endpoint("10.244.0.5", "here", EndpointConditions.EMPTY));
    EndpointSlice six =
        slice(endpoint("fd00:10:244::5", "there", EndpointConditions.EMPTY))
            .withAddressType("IPv6");

    ServicePort port =
        ServicePorts.of(IpFamily.IPV6, List.of(both), List.of(four, six), "here").getFirst();

    assertThat(port.clusterIp()).isEqualTo("fd00:10:96::a");
    assertThat(port.externalIps()).containsExactly("2001:db8::1");
    assertThat(port.clusterBackends())
        .extracting(Backend::address)
        .containsExactly("[fd00:10:244::5]:8080");
    assertThat(
            ServicePorts.of(
                IpFamily.IPV6, List.of(service("10.96.0.10")), List.of(four, six), "here"))
        .isEmpty();
  }

  private static Service service(String clusterIp) {
    return Service.builder()
        .metadata(ObjectMeta.builder().namespace("default").name("web").build())
        .spec(
            ServiceSpec.builder()
                .clusterIP(clusterIp)
                .ports(
                    List.of(
                        dev.tiphys.api.core.v1.ServicePort.builder()
                            .name("http")
                            .port(80)
                            .protocol("TCP")
                            .build()))
                .build())
        .build();
  }

  private static EndpointSlice slice(Endpoint... endpoints) {
    return EndpointSlice.builder()
        .metadata(
            ObjectMeta.builder()
                .namespace("default")
                .name("web-abcde")
                .labels(Map.of("kubernetes.io/service-name", "web"))
                .build())
        .addressType("IPv4")
        .ports(List.of(EndpointPort.builder().name("http").port(8080).protocol("TCP").build()))
        .endpoints(List.of(endpoints))
        .build();
  }

  private static Endpoint endpoint(String ip, String node, EndpointConditions conditions) {
    return Endpoint.builder().addresses(List.of(ip)).nodeName(node).conditions(conditions).build();
  }
}

package dev.tiphys.apiserver.strategy.allocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.Service;
import dev.tiphys.api.core.v1.ServicePort;
import dev.tiphys.api.core.v1.ServiceSpec;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.strategy.ClusterView;
import dev.tiphys.apiserver.strategy.Strategy.Reserved;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ServiceAllocatorTest {

  private final List<Service> stored = new ArrayList<>();
  private final ServiceAllocator allocator =
      new ServiceAllocator(
          new StoredServices(),
          new MemoryClaims(),
          ServiceRanges.parse("10.96.0.0/28"),
          new PortRange(30000, 30001),
          new Random(7));

  @Test
  void everyServiceGetsAnAddressOfItsOwnUntilNoneIsLeft() {
    Set<String> given = new HashSet<>();
    for (int i = 0; i < 14; i++) {
      Service service =
          allocator.reserve(service("s" + i, ServiceSpec.EMPTY), null, false).object();
      stored.add(service);
      given.add(clusterIp(service));
    }

    assertThat(given).hasSize(14);
    assertThatThrownBy(() -> allocator.reserve(service("more", ServiceSpec.EMPTY), null, false))
        .hasMessageContaining("range is full");
  }

  @Test
  void aWriteInFlightHoldsWhatItChose() {
    ServiceSpec wanted =
        ServiceSpec.builder().clusterIP("10.96.0.5").clusterIPs(List.of("10.96.0.5")).build();
    Reserved<Service> first = allocator.reserve(service("a", wanted), null, false);

    assertThatThrownBy(() -> allocator.reserve(service("b", wanted), null, false))
        .isInstanceOf(ApiException.class)
        .hasMessageContaining("provided IP is already allocated");

    first.reservation().release();
    assertThat(clusterIp(allocator.reserve(service("b", wanted), null, false).object()))
        .isEqualTo("10.96.0.5");
  }

  @Test
  void anAddressOutsideTheRangeIsRefused() {
    ServiceSpec wanted =
        ServiceSpec.builder().clusterIP("192.0.2.1").clusterIPs(List.of("192.0.2.1")).build();

    assertThatThrownBy(() -> allocator.reserve(service("a", wanted), null, false))
        .hasMessageContaining(
            "failed to allocate IP 192.0.2.1: the provided network does not match the current range");
  }

  @Test
  void headlessServicesNeedNoAddress() {
    ServiceSpec wanted = ServiceSpec.builder().clusterIP("None").build();

    assertThat(clusterIp(allocator.reserve(service("a", wanted), null, false).object()))
        .isEqualTo("None");
  }

  @Test
  void nodePortsAreGivenOnceEach() {
    ServiceSpec wanted =
        ServiceSpec.builder()
            .type("NodePort")
            .ports(List.of(ServicePort.builder().port(80).build()))
            .build();
    Set<@Nullable Integer> given = new HashSet<>();
    for (String name : List.of("a", "b")) {
      Service service = allocator.reserve(service(name, wanted), null, false).object();
      stored.add(service);
      given.add(spec(service).ports().getFirst().nodePort());
    }

    assertThat(given).containsExactlyInAnyOrder(30000, 30001);
    assertThatThrownBy(() -> allocator.reserve(service("c", wanted), null, false))
        .hasMessageContaining("range is full");
  }

  @Test
  void anUpdateKeepsWhatTheServiceHas() {
    Service before = allocator.reserve(service("a", ServiceSpec.EMPTY), null, false).object();
    stored.add(before);

    assertThat(allocator.reserve(before, before, false).object()).isEqualTo(before);
  }

  private static Service service(String name, ServiceSpec spec) {
    return Service.builder()
        .metadata(ObjectMeta.builder().namespace("default").name(name).build())
        .spec(spec.withIpFamilies(List.of("IPv4")))
        .build();
  }

  private static String clusterIp(Service service) {
    return String.valueOf(spec(service).clusterIP());
  }

  private static ServiceSpec spec(Service service) {
    return Objects.requireNonNull(service.spec());
  }

  private final class StoredServices implements ClusterView {
    @Override
    public <T extends ApiObject> @Nullable T get(
        ResourceType<T> type, String namespace, String name) {
      throw new AssertionError("not asked");
    }

    @Override
    public <T extends ApiObject> @Nullable T getFresh(
        ResourceType<T> type, String namespace, String name) {
      throw new AssertionError("not asked");
    }

    @Override
    public <T extends ApiObject> List<T> list(ResourceType<T> type, String namespace) {
      if (type == Resources.SERVICE_CIDRS) {
        return List.of();
      }
      throw new AssertionError("a list that may be old gives addresses out twice");
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T extends ApiObject> List<T> listFresh(ResourceType<T> type, String namespace) {
      return type == Resources.SERVICES ? (List<T>) List.copyOf(stored) : List.of();
    }
  }
}

package dev.tiphys.controllermanager.servicecidr;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.networking.v1.IPAddress;
import dev.tiphys.api.networking.v1.ServiceCIDR;
import dev.tiphys.api.networking.v1.ServiceCIDRSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceCidrReconcilerTest {

  private static final ServiceCIDR BOTH = range("both", "10.97.0.0/24", "fd00:10:97::/120");

  private static ServiceCIDR range(String name, String... cidrs) {
    return ServiceCIDR.builder()
        .metadata(ObjectMeta.builder().name(name).build())
        .spec(ServiceCIDRSpec.builder().cidrs(List.of(cidrs)).build())
        .build();
  }

  private static IPAddress address(String ip, String manager) {
    return IPAddress.builder()
        .metadata(
            ObjectMeta.builder()
                .name(ip)
                .labels(Map.of("ipaddress.kubernetes.io/managed-by", manager))
                .build())
        .build();
  }

  @ParameterizedTest
  @CsvSource({
    "10.97.0.5, true",
    "fd00:10:97::5, true",
    "10.96.0.5, false",
    // The network's address is of no range, so it keeps none.
    "10.97.0.0, false",
    "10.97.0.255, false",
    "fd00:10:97::ff, true"
  })
  void aRangeIsNeededForTheAddressesThatOnlyItGives(String ip, boolean needed) {
    List<IPAddress> given = List.of(address(ip, "ipallocator.k8s.io"));
    List<ServiceCIDR> all = List.of(BOTH, range("kubernetes", "10.96.0.0/16"));

    assertThat(ServiceCidrReconciler.isNeeded(BOTH, all, given)).isEqualTo(needed);
  }

  @Test
  void anotherRangeMayTakeOver() {
    List<IPAddress> given = List.of(address("10.97.0.5", "ipallocator.k8s.io"));

    assertThat(
            ServiceCidrReconciler.isNeeded(
                BOTH, List.of(BOTH, range("wider", "10.97.0.0/16")), given))
        .isFalse();
    assertThat(
            ServiceCidrReconciler.isNeeded(
                BOTH, List.of(BOTH, range("narrow", "10.97.0.128/25")), given))
        .isTrue();
  }

  @Test
  void addressesThatOthersManageKeepNoRange() {
    assertThat(
            ServiceCidrReconciler.isNeeded(
                BOTH, List.of(BOTH), List.of(address("10.97.0.5", "somebody.example"))))
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource({"10.0.0.0", "10.0.0.0/33", "a.b.c.d/8", "fd00::/129", "localhost/8"})
  void whatIsNoRangeGivesNothing(String cidr) {
    assertThat(Prefix.parse(cidr)).isEmpty();
  }
}

package dev.tiphys.controllermanager.endpoints;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.ContainerPort;
import dev.tiphys.api.core.v1.EndpointSubset;
import dev.tiphys.api.core.v1.Node;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodCondition;
import dev.tiphys.api.core.v1.PodIP;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.PodStatus;
import dev.tiphys.api.core.v1.Service;
import dev.tiphys.api.core.v1.ServicePort;
import dev.tiphys.api.core.v1.ServiceSpec;
import dev.tiphys.api.discovery.v1.Endpoint;
import dev.tiphys.api.discovery.v1.EndpointSlice;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.value.IntOrString;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

@NullUnmarked
class SlicePlanTest {

  private static final Service WEB =
      Service.builder()
          .metadata(
              ObjectMeta.builder()
                  .namespace("default")
                  .name("web")
                  .uid("s")
                  .labels(Map.of("tier", "front"))
                  .build())
          .spec(
              ServiceSpec.builder()
                  .clusterIP("10.96.0.1")
                  .selector(Map.of("app", "web"))
                  .ports(
                      List.of(
                          ServicePort.builder()
                              .name("http")
                              .port(80)
                              .targetPort(IntOrString.of("web"))
                              .build()))
                  .build())
          .build();

  private static Pod pod(int number, boolean ready) {
    return Pod.builder()
        .metadata(
            ObjectMeta.builder()
                .namespace("default")
                .name("web-" + number)
                .uid("uid-" + number)
                .labels(Map.of("app", "web"))
                .build())
        .spec(
            PodSpec.builder()
                .nodeName("n1")
                .containers(
                    List.of(
                        Container.builder()
                            .ports(
                                List.of(
                                    ContainerPort.builder()
                                        .name("web")
                                        .containerPort(8080)
                                        .build()))
                            .build()))
                .build())
        .status(
            PodStatus.builder()
                .phase("Running")
                .podIP("10.0.%d.%d".formatted(number / 250, number % 250 + 1))
                .conditions(
                    List.of(
                        PodCondition.builder()
                            .type("Ready")
                            .status(ready ? "True" : "False")
                            .build()))
                .build())
        .build();
  }

  private static List<Pod> pods(int from, int to) {
    List<Pod> pods = new ArrayList<>();
    for (int i = from; i < to; i++) {
      pods.add(pod(i, true));
    }
    return pods;
  }

  private static SlicePlan plan(List<Pod> pods, List<EndpointSlice> existing) {
    return SlicePlan.of(
        WEB,
        pods,
        existing,
        name ->
            Node.builder()
                .metadata(
                    ObjectMeta.builder()
                        .name(name)
                        .labels(Map.of("topology.kubernetes.io/zone", "east"))
                        .build())
                .build());
  }

  private static List<EndpointSlice> stored(List<EndpointSlice> created) {
    List<EndpointSlice> stored = new ArrayList<>();
    for (EndpointSlice slice : created) {
      stored.add(slice.withMetadata(slice.metadata().withName("web-" + stored.size())));
    }
    return stored;
  }

  @Test
  void eachFamilyOfTheServiceHasSlicesOfItsOwnUntilItGoes() {
    Service both = WEB.withSpec(WEB.spec().withIpFamilies(List.of("IPv6", "IPv4")));
    Pod two = pod(1, true);
    two =
        two.withStatus(
            two.status()
                .withPodIPs(
                    List.of(
                        PodIP.builder().ip("10.0.0.2").build(),
                        PodIP.builder().ip("fd00:10:244::1").build())));

    SlicePlan plan = SlicePlan.of(both, List.of(two), List.of(), _ -> null);

    assertThat(plan.create())
        .extracting(EndpointSlice::addressType)
        .containsExactly("IPv6", "IPv4");
    assertThat(plan.create())
        .extracting(slice -> slice.endpoints().getFirst().addresses())
        .containsExactly(List.of("fd00:10:244::1"), List.of("10.0.0.2"));
    assertThat(Subsets.of(both, List.of(two)).getFirst().addresses().getFirst().ip())
        .isEqualTo("fd00:10:244::1");

    Service six = WEB.withSpec(WEB.spec().withIpFamilies(List.of("IPv6")));
    SlicePlan reduced = SlicePlan.of(six, List.of(two), stored(plan.create()), _ -> null);
    assertThat(reduced.delete()).extracting(EndpointSlice::addressType).containsExactly("IPv4");
    assertThat(reduced.create()).isEmpty();
  }

  @Test
  void aSliceTellsPortsConditionsNodeAndZone() {
    Pod terminating = pod(2, true);
    SlicePlan plan =
        plan(
            List.of(
                pod(0, true),
                pod(1, false),
                terminating.withMetadata(
                    terminating.metadata().withDeletionTimestamp(Instant.EPOCH))),
            List.of());

    EndpointSlice slice = plan.create().getFirst();
    assertThat(slice.addressType()).isEqualTo("IPv4");
    assertThat(slice.metadata().labels())
        .containsEntry("kubernetes.io/service-name", "web")
        .containsEntry("endpointslice.kubernetes.io/managed-by", "endpointslice-controller.k8s.io")
        .containsEntry("tier", "front");
    assertThat(slice.ports())
        .singleElement()
        .satisfies(port -> {
          assertThat(port.name()).isEqualTo("http");
          assertThat(port.port()).isEqualTo(8080);
        });
    assertThat(slice.endpoints())
        .extracting(each ->
            each.conditions().ready()
                + " "
                + each.conditions().serving()
                + " "
                + each.conditions().terminating())
        .containsExactly("true true false", "false false false", "false true true");
    assertThat(slice.endpoints()).extracting(Endpoint::zone).containsOnly("east");
    assertThat(slice.endpoints()).extracting(Endpoint::nodeName).containsOnly("n1");
  }

  @Test
  void slicesHoldAHundredEndpoints() {
    assertThat(plan(pods(0, 250), List.of()).create())
        .extracting(slice -> slice.endpoints().size())
        .containsExactly(100, 100, 50);
  }

  @Test
  void nothingIsWrittenWhenNothingChanged() {
    List<EndpointSlice> existing = stored(plan(pods(0, 250), List.of()).create());

    assertThat(plan(pods(0, 250), existing).isEmpty()).isTrue();
  }

  @Test
  void onlyTheSliceOfAChangedPodIsWritten() {
    List<EndpointSlice> existing = stored(plan(pods(0, 250), List.of()).create());
    List<Pod> changed = pods(0, 250);
    changed.set(7, pod(7, false));

    SlicePlan plan = plan(changed, existing);

    assertThat(plan.update())
        .singleElement()
        .extracting(s -> s.metadata().name())
        .isEqualTo("web-0");
    assertThat(plan.create()).isEmpty();
    assertThat(plan.delete()).isEmpty();
  }

  @Test
  void newEndpointsFillSlicesThatAreWrittenAnyway() {
    List<EndpointSlice> existing = stored(plan(pods(0, 250), List.of()).create());
    List<Pod> changed = pods(1, 251);

    SlicePlan plan = plan(changed, existing);

    assertThat(plan.update()).singleElement().extracting(s -> s.endpoints().size()).isEqualTo(100);
    assertThat(plan.create()).isEmpty();
  }

  @Test
  void anEmptySliceGoesButOneStaysForAServiceWithoutPods() {
    List<EndpointSlice> existing = stored(plan(pods(0, 150), List.of()).create());

    assertThat(plan(pods(0, 100), existing).delete()).hasSize(1);
    SlicePlan none = plan(List.of(), List.of());
    assertThat(none.create())
        .singleElement()
        .extracting(EndpointSlice::endpoints)
        .isEqualTo(List.of());
  }

  @Test
  void endpointsPartReadyFromNotReadyAndLeaveTerminatingOut() {
    Pod terminating = pod(2, true);
    List<EndpointSubset> subsets =
        Subsets.of(
            WEB,
            List.of(
                pod(1, true),
                pod(0, true),
                pod(3, false),
                terminating.withMetadata(
                    terminating.metadata().withDeletionTimestamp(Instant.EPOCH))));

    assertThat(subsets).hasSize(1);
    assertThat(subsets.getFirst().addresses())
        .extracting(each -> each.ip())
        .containsExactly("10.0.0.1", "10.0.0.2");
    assertThat(subsets.getFirst().notReadyAddresses())
        .extracting(each -> each.ip())
        .containsExactly("10.0.0.4");
  }

  @Test
  void endpointsAreCutOffAtAThousandAddresses() {
    List<EndpointSubset> subsets = Subsets.of(WEB, pods(0, 1200));

    assertThat(Subsets.size(subsets)).isEqualTo(1200);
    assertThat(Subsets.size(Subsets.truncate(subsets, 1000))).isEqualTo(1000);
    assertThat(EndpointsReconciler.next(WEB, null, subsets).metadata().annotations())
        .containsEntry("endpoints.kubernetes.io/over-capacity", "truncated");
  }
}

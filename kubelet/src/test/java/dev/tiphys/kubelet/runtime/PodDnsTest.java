package dev.tiphys.kubelet.runtime;

import static dev.tiphys.kubelet.runtime.TestPods.aPod;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.core.v1.PodDNSConfig;
import dev.tiphys.api.core.v1.PodDNSConfigOption;
import dev.tiphys.api.core.v1.PodSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class PodDnsTest {
  private static final PodDns.Settings NODE =
      PodDns.Settings.parse(
          """
          # by hand
          nameserver 192.0.2.1
          search old.example
          search example.org corp
          options edns0 timeout:2
          """);
  private static final PodDns.Cluster CLUSTER =
      new PodDns.Cluster(List.of("10.96.0.10"), "cluster.local");

  @Test
  void readsTheNodesOwn() {
    assertThat(NODE)
        .isEqualTo(
            new PodDns.Settings(
                List.of("192.0.2.1"),
                List.of("example.org", "corp"),
                List.of("edns0", "timeout:2")));
  }

  @Test
  void asksTheClusterFirstByDefault() {
    assertThat(settings(PodSpec.EMPTY))
        .isEqualTo(
            new PodDns.Settings(
                List.of("10.96.0.10"),
                List.of(
                    "default.svc.cluster.local",
                    "svc.cluster.local",
                    "cluster.local",
                    "example.org",
                    "corp"),
                List.of("ndots:5")));
  }

  @Test
  void asksTheNodesServerOnTheNodesNetworkUnlessToldOtherwise() {
    PodSpec onNode = PodSpec.builder().hostNetwork(true).dnsPolicy("ClusterFirst").build();

    assertThat(settings(onNode)).isEqualTo(NODE);
    assertThat(settings(onNode.toBuilder().dnsPolicy("ClusterFirstWithHostNet").build()).servers())
        .containsExactly("10.96.0.10");
    assertThat(settings(PodSpec.builder().dnsPolicy("Default").build())).isEqualTo(NODE);
  }

  @Test
  void asksTheNodesServerWhereTheClusterHasNone() {
    assertThat(
            PodDns.of(
                aPod("web", PodSpec.EMPTY), new PodDns.Cluster(List.of(), "cluster.local"), NODE))
        .isEqualTo(NODE);
  }

  @Test
  void addsWhatThePodConfigures() {
    PodSpec own =
        PodSpec.builder()
            .dnsPolicy("None")
            .dnsConfig(
                PodDNSConfig.builder()
                    .nameservers(List.of("1.1.1.1", "2.2.2.2", "3.3.3.3", "4.4.4.4"))
                    .searches(List.of("here"))
                    .options(
                        List.of(
                            PodDNSConfigOption.builder().name("ndots").value("2").build(),
                            PodDNSConfigOption.builder().name("debug").build()))
                    .build())
            .build();

    assertThat(settings(own))
        .isEqualTo(
            new PodDns.Settings(
                List.of("1.1.1.1", "2.2.2.2", "3.3.3.3"),
                List.of("here"),
                List.of("ndots:2", "debug")));
    assertThat(settings(own.toBuilder().dnsPolicy("ClusterFirst").build()).options())
        .containsExactly("ndots:2", "debug");
  }

  private static PodDns.Settings settings(PodSpec spec) {
    return PodDns.of(aPod("web", spec), CLUSTER, NODE);
  }
}

package dev.tiphys.kubeproxy.iptables;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.kubeproxy.service.Backend;
import dev.tiphys.kubeproxy.service.Protocol;
import dev.tiphys.kubeproxy.service.ServicePort;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServiceRulesTest {

  private static final ServiceRules.Settings SETTINGS =
      new ServiceRules.Settings(Optional.of("10.244.0.0/16"), false, 14);
  private static final Backend ONE = Backend.remote("10.244.0.5", 8080);
  private static final Backend TWO = Backend.remote("10.244.1.7", 8080).onThisNode();

  @Test
  void aServiceAddressLeadsToEachBackendWithEqualChance() {
    ServicePort web = web(0, false, Optional.empty(), ONE, TWO);

    RuleSet rules = ServiceRules.of(SETTINGS, List.of(web));

    String chain = ChainNames.cluster(web);
    assertThat(rules.chains(Table.NAT).get("KUBE-SERVICES"))
        .first()
        .isEqualTo(
            "-m comment --comment \"default/web:http cluster IP\" -m tcp -p tcp -d 10.96.0.10"
                + " --dport 80 -j "
                + chain);
    assertThat(rules.chains(Table.NAT).get(chain))
        .containsExactly(
            "-m comment --comment \"default/web:http cluster IP\" -m tcp -p tcp -d 10.96.0.10"
                + " --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ",
            "-m comment --comment \"default/web:http -> 10.244.0.5:8080\" -m statistic --mode"
                + " random --probability 0.5000000000 -j "
                + ChainNames.backend(web, ONE),
            "-m comment --comment \"default/web:http -> 10.244.1.7:8080\" -j "
                + ChainNames.backend(web, TWO));
    assertThat(rules.chains(Table.NAT).get(ChainNames.backend(web, ONE)))
        .last()
        .isEqualTo(
            "-m comment --comment \"default/web:http\" -m tcp -p tcp -j DNAT --to-destination"
                + " 10.244.0.5:8080");
  }

  @Test
  void chainsHaveTheNamesThatUpstreamGivesThem() {
    ServicePort kubernetes =
        new ServicePort(
            "default",
            "kubernetes",
            "https",
            Protocol.TCP,
            "10.96.0.1",
            443,
            0,
            List.of(),
            List.of(),
            false,
            false,
            Optional.empty(),
            List.of());

    assertThat(ChainNames.cluster(kubernetes)).isEqualTo("KUBE-SVC-NPX46M4PTMTKRN6Y");
  }

  @Test
  void aServiceWithoutBackendsIsRejected() {
    RuleSet rules = ServiceRules.of(SETTINGS, List.of(web(30080, false, Optional.empty())));

    assertThat(rules.chains(Table.FILTER).get("KUBE-SERVICES"))
        .containsExactly(
            "-m comment --comment \"default/web:http has no endpoints\" -m tcp -p tcp -d 10.96.0.10"
                + " --dport 80 -j REJECT");
    assertThat(rules.chains(Table.FILTER).get("KUBE-EXTERNAL-SERVICES"))
        .containsExactly(
            "-m comment --comment \"default/web:http has no endpoints\" -m addrtype --dst-type LOCAL"
                + " -m tcp -p tcp --dport 30080 -j REJECT");
    assertThat(rules.chains(Table.NAT).get("KUBE-NODEPORTS")).isEmpty();
  }

  @Test
  void aNodePortIsMasqueradedAndBalanced() {
    ServicePort web = web(30080, false, Optional.empty(), ONE);

    RuleSet rules = ServiceRules.of(SETTINGS, List.of(web));

    assertThat(rules.chains(Table.NAT).get("KUBE-NODEPORTS"))
        .containsExactly(
            "-m comment --comment \"default/web:http\" -m tcp -p tcp --dport 30080 -j "
                + ChainNames.external(web));
    assertThat(rules.chains(Table.NAT).get(ChainNames.external(web)))
        .containsExactly(
            "-m comment --comment \"masquerade traffic for default/web:http external"
                + " destinations\" -j KUBE-MARK-MASQ",
            "-j " + ChainNames.cluster(web));
  }

  @Test
  void localTrafficPolicySendsOutsidersOnlyToThisNode() {
    ServicePort web = web(30080, true, Optional.empty(), ONE, TWO);

    RuleSet rules = ServiceRules.of(SETTINGS, List.of(web));

    assertThat(rules.chains(Table.NAT).get(ChainNames.external(web)))
        .last()
        .isEqualTo("-j " + ChainNames.local(web));
    assertThat(rules.chains(Table.NAT).get(ChainNames.local(web))).hasSize(1);
  }

  @Test
  void localTrafficPolicyDropsWhereThisNodeHasNoBackend() {
    RuleSet rules = ServiceRules.of(SETTINGS, List.of(web(30080, true, Optional.empty(), ONE)));

    assertThat(rules.chains(Table.FILTER).get("KUBE-EXTERNAL-SERVICES"))
        .singleElement()
        .asString()
        .endsWith("-j DROP");
  }

  @Test
  void affinityAsksFirstWhereTheClientWasBefore() {
    ServicePort web = web(0, false, Optional.of(Duration.ofHours(3)), ONE, TWO);

    RuleSet rules = ServiceRules.of(SETTINGS, List.of(web));

    assertThat(rules.chains(Table.NAT).get(ChainNames.cluster(web)))
        .anyMatch(rule ->
            rule.contains("-m recent --name " + ChainNames.backend(web, ONE))
                && rule.contains("--rcheck --seconds 10800 --reap"));
  }

  @Test
  void nodePortsAreAskedLast() {
    RuleSet rules = ServiceRules.of(SETTINGS, List.of(web(30080, false, Optional.empty(), ONE)));

    assertThat(rules.chains(Table.NAT).get("KUBE-SERVICES"))
        .last()
        .asString()
        .endsWith("-m addrtype --dst-type LOCAL -j KUBE-NODEPORTS");
  }

  private static ServicePort web(
      int nodePort, boolean externalLocal, Optional<Duration> affinity, Backend... backends) {
    return new ServicePort(
        "default",
        "web",
        "http",
        Protocol.TCP,
        "10.96.0.10",
        80,
        nodePort,
        List.of(),
        List.of(),
        externalLocal,
        false,
        affinity,
        List.of(backends));
  }
}

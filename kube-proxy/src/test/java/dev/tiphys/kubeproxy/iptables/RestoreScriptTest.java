package dev.tiphys.kubeproxy.iptables;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RestoreScriptTest {

  private final RuleSet before =
      new RuleSet.Builder()
          .rule(Table.NAT, "KUBE-A", "-j RETURN")
          .rule(Table.NAT, "KUBE-B", "-j ACCEPT")
          .chain(Table.FILTER, "KUBE-C")
          .build();

  @Test
  void nothingIsWrittenWhereNothingChanged() {
    assertThat(RestoreScript.between(before, before)).isEmpty();
  }

  @Test
  void onlyChangedChainsAreRewrittenAndLostOnesRemoved() {
    RuleSet after =
        new RuleSet.Builder()
            .rule(Table.NAT, "KUBE-A", "-j DROP")
            .chain(Table.FILTER, "KUBE-C")
            .build();

    assertThat(RestoreScript.between(before, after))
        .isEqualTo(
            """
            *nat
            :KUBE-A - [0:0]
            :KUBE-B - [0:0]
            -A KUBE-A -j DROP
            -X KUBE-B
            COMMIT
            """);
  }

  @Test
  void everythingIsWrittenAtFirst() {
    assertThat(RestoreScript.between(RuleSet.EMPTY, before))
        .contains("*filter\n:KUBE-C - [0:0]\nCOMMIT\n")
        .contains("-A KUBE-B -j ACCEPT\n");
  }
}

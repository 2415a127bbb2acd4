package dev.tiphys.controllermanager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.controllermanager.Selected.Loop;
import dev.tiphys.daemon.IgnoredFlags;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class SelectedTest {

  @Test
  void starMeansAllAndAMinusTakesOneAway() {
    assertThat(Selected.parse(List.of("*")).loops()).containsExactlyInAnyOrder(Loop.values());
    assertThat(Selected.parse(List.of("*", "-nodeipam", "bootstrapsigner", "tokencleaner")).loops())
        .doesNotContain(Loop.NODE_IPAM)
        .hasSize(Loop.values().length - 1);
  }

  @Test
  void withoutAStarOnlyWhatIsNamedRuns() {
    assertThat(Selected.parse(List.of("deployment", "replicaset-controller")).loops())
        .containsExactlyInAnyOrder(Loop.DEPLOYMENT, Loop.REPLICASET);
  }

  @Test
  void aNameThatIsNoneIsRefused() {
    assertThatThrownBy(() -> Selected.parse(List.of("deploymant")))
        .hasMessageContaining("--controllers")
        .hasMessageContaining("deploymant");
  }

  @Test
  void aCommandLineOfTheOriginalIsUnderstood() {
    ControllerManagerOptions options = new ControllerManagerOptions();
    IgnoredFlags.Split split =
        IgnoredFlags.fromResource(Main.class, "ignored-flags.txt")
            .split(
                List.of(
                    "--allocate-node-cidrs=true",
                    "--authentication-kubeconfig=/etc/kubernetes/controller-manager.conf",
                    "--authorization-kubeconfig=/etc/kubernetes/controller-manager.conf",
                    "--bind-address=127.0.0.1",
                    "--client-ca-file=/etc/kubernetes/pki/ca.crt",
                    "--cluster-cidr=10.244.0.0/16",
                    "--cluster-name=kubernetes",
                    "--cluster-signing-cert-file=/etc/kubernetes/pki/ca.crt",
                    "--cluster-signing-key-file=/etc/kubernetes/pki/ca.key",
                    "--controllers=*,bootstrapsigner,tokencleaner",
                    "--kubeconfig=/etc/kubernetes/controller-manager.conf",
                    "--leader-elect=true",
                    "--requestheader-client-ca-file=/etc/kubernetes/pki/front-proxy-ca.crt",
                    "--service-account-private-key-file=/etc/kubernetes/pki/sa.key",
                    "--service-cluster-ip-range=10.96.0.0/12",
                    "--use-service-account-credentials=true"));
    new CommandLine(options).parseArgs(split.arguments().toArray(String[]::new));

    ControllerManagerConfig config = options.validated();

    assertThat(config.podCidrs()).containsExactly("10.244.0.0/16");
    assertThat(config.selected().loops()).hasSize(Loop.values().length);
    assertThat(split.ignored()).contains("--cluster-name", "--service-account-private-key-file");
  }
}

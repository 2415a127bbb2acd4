package dev.tiphys.deploy.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.deploy.layout.Cidr;
import dev.tiphys.deploy.layout.ClusterSettings;
import dev.tiphys.deploy.layout.DataDir;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DaemonsTest {
  private static Daemons daemons(@Nullable String endpoint) {
    var settings =
        new ClusterSettings(
            Cidr.parse("10.244.0.0/16"), Cidr.parse("10.96.0.0/12"), 7443, "n1", endpoint, 1);
    return new Daemons(new DataDir(Path.of("/srv/t")), settings, "192.0.2.2", Path.of("/dist"));
  }

  private static List<String> command(Daemons daemons, String name) {
    return daemons.all().stream()
        .filter(daemon -> daemon.name().equals(name))
        .findFirst()
        .orElseThrow()
        .command();
  }

  @Test
  void sixDaemonsStoreAndApiServerFirst() {
    assertThat(daemons(null).all())
        .filteredOn(Daemon::java)
        .extracting(Daemon::name)
        .containsExactly(
            "store", "apiserver", "kubelet", "controller-manager", "scheduler", "kube-proxy");
  }

  @Test
  void givenRuntimeTakesThePlaceOfOurContainerd() {
    assertThat(daemons(null).all()).extracting(Daemon::name).contains("containerd");
    Daemons foreign = daemons("unix:///run/crio/crio.sock");
    assertThat(foreign.all()).extracting(Daemon::name).doesNotContain("containerd");
    assertThat(command(foreign, "kubelet"))
        .contains("--container-runtime-endpoint=unix:///run/crio/crio.sock");
  }

  @Test
  void portOfTheApiServerIsTheOneAskedFor() {
    assertThat(daemons(null).ports()).contains(7443).doesNotHaveDuplicates();
    assertThat(command(daemons(null), "apiserver")).contains("--secure-port=7443");
  }

  @Test
  void storeIsReachedWithItsOwnCertificatesOnly() {
    assertThat(command(daemons(null), "store"))
        .contains("--client-cert-auth=true", "--trusted-ca-file=/srv/t/pki/store/ca.crt");
    assertThat(command(daemons(null), "apiserver"))
        .contains("--etcd-certfile=/srv/t/pki/store/apiserver-client.crt");
  }
}

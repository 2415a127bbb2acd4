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
    return daemons(endpoint, 1);
  }

  private static Daemons daemons(@Nullable String endpoint, int planes) {
    var settings =
        new ClusterSettings(
            Cidr.parse("10.244.0.0/16"), Cidr.parse("10.96.0.0/12"), 7443, "n1", endpoint, planes);
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

  @Test
  void anApiServerAsksTheStoreBesideItFirstAndOthersWhenThatIsLost() {
    assertThat(command(daemons(null), "apiserver"))
        .contains("--etcd-servers=https://127.0.0.1:2379");
    Daemons three = daemons(null, 3);
    assertThat(command(three, "apiserver-1"))
        .contains(
            "--etcd-servers=https://127.0.0.1:2379,https://198.18.77.12:2379,"
                + "https://198.18.77.13:2379");
    assertThat(command(three, "apiserver-3"))
        .contains(
            "--etcd-servers=https://127.0.0.1:2379,https://198.18.77.11:2379,"
                + "https://198.18.77.12:2379");
  }

  @Test
  void onlyAStoreThatBeginsTogetherOrJoinsIsToldOfOthers() {
    Daemons three = daemons(null, 3);
    StoreMember second = three.members().get(1);
    String all =
        "--initial-cluster=cp1=https://198.18.77.11:2380,cp2=https://198.18.77.12:2380,"
            + "cp3=https://198.18.77.13:2380";
    String itself = "--initial-cluster=cp2=https://198.18.77.12:2380";

    assertThat(three.store(second, StoreStart.TOGETHER).command())
        .isEqualTo(command(three, "store-2"))
        .contains(all, "--data-dir=/srv/t/store-2")
        .doesNotContain("--initial-cluster-state=existing", "--force-new-cluster");
    assertThat(three.store(second, StoreStart.JOINING).command())
        .contains(all, "--initial-cluster-state=existing");
    assertThat(three.store(second, StoreStart.ALONE).command())
        .contains(itself)
        .doesNotContain("--force-new-cluster");
    assertThat(three.store(second, StoreStart.FORCED).command())
        .contains(itself, "--force-new-cluster");
  }
}

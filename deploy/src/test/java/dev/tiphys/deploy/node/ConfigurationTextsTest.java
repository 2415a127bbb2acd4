package dev.tiphys.deploy.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.deploy.layout.Cidr;
import dev.tiphys.deploy.layout.ClusterSettings;
import dev.tiphys.deploy.layout.DataDir;
import dev.tiphys.deploy.machine.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigurationTextsTest {
  private static final DataDir DIRECTORY = new DataDir(Path.of("/srv/t"));
  private static final ClusterSettings SETTINGS =
      new ClusterSettings(
          Cidr.parse("10.7.0.0/16"), Cidr.parse("10.96.0.0/12"), 6443, "n1", null, 1);

  @Test
  void podsGetAddressesOfTheNodesRangeOnOurBridge() {
    Json config = Json.parse(CniConfig.text(DIRECTORY, SETTINGS).getBytes(StandardCharsets.UTF_8));
    Json bridge = config.get("plugins").items().getFirst();
    Json range = bridge.get("ipam").get("ranges").items().getFirst().items().getFirst();
    assertThat(range.get("subnet").text()).isEqualTo("10.7.0.0/24");
    assertThat(bridge.get("bridge").text()).isEqualTo(NodeNetwork.BRIDGE);
    assertThat(bridge.get("ipam").get("dataDir").text()).isEqualTo("/srv/t/run/addresses");
    assertThat(config.get("plugins").items().get(1).get("type").text()).isEqualTo("portmap");
  }

  @Test
  void containerdWritesBelowTheDataDirectoryOnly() {
    String text = new ContainerdConfig(DIRECTORY, Path.of("/usr/lib/cni"), false).text();
    assertThat(text)
        .contains("root = \"/srv/t/containerd\"", "state = \"/srv/t/run/containerd\"")
        .contains("address = \"/srv/t/run/containerd.sock\"", "Root = \"/srv/t/run/runc\"")
        .contains("bin_dir = \"/usr/lib/cni\"", "netns_mounts_under_state_dir = true");
  }

  @Test
  void oomScoresAreRestrictedWhereTheyCannotBeLowered() {
    assertThat(new ContainerdConfig(DIRECTORY, Path.of("/x"), false).text())
        .contains("restrict_oom_score_adj = true");
    assertThat(new ContainerdConfig(DIRECTORY, Path.of("/x"), true).text())
        .contains("restrict_oom_score_adj = false");
  }

  @Test
  void kubeletKeepsItsPodsInTheClustersOwnControlGroup() {
    String text = KubeletConfig.text(DIRECTORY, SETTINGS, "unix:///x.sock", Path.of("/etc/r"));
    assertThat(text)
        .contains("cgroupRoot: /" + DIRECTORY.cgroup() + "\n")
        .contains("podLogsDir: /srv/t/log/pods\n")
        .contains("clientCAFile: /srv/t/pki/ca.crt\n");
    assertThat(new DataDir(Path.of("/srv/other")).cgroup()).isNotEqualTo(DIRECTORY.cgroup());
  }
}

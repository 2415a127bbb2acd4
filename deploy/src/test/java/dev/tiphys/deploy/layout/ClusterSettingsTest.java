package dev.tiphys.deploy.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterSettingsTest {
  private static ClusterSettings settings(String pods, String services, int port, String node) {
    return new ClusterSettings(Cidr.parse(pods), Cidr.parse(services), port, node, null, 1);
  }

  @Test
  void nodeTakesTheFirstSubnetAndItsFirstAddress() {
    var settings = settings("10.244.0.0/16", "10.96.0.0/12", 6443, "n1");
    assertThat(settings.nodePodCidr()).hasToString("10.244.0.0/24");
    assertThat(settings.podGateway()).isEqualTo("10.244.0.1");
    assertThat(settings.apiServiceAddress()).isEqualTo("10.96.0.1");
  }

  @Test
  void refusalsNameTheOption() {
    assertThatThrownBy(() -> settings("10.96.0.0/16", "10.96.0.0/12", 6443, "n1"))
        .hasMessageContaining("--pod-cidr")
        .hasMessageContaining("--service-cidr")
        .hasMessageContaining("overlap");
    assertThatThrownBy(() -> settings("10.244.0.0/28", "10.96.0.0/12", 6443, "n1"))
        .hasMessageContaining("--pod-cidr");
    assertThatThrownBy(() -> settings("10.244.0.0/16", "10.96.0.0/12", 0, "n1"))
        .hasMessageContaining("--api-port 0");
    assertThatThrownBy(() -> settings("10.244.0.0/16", "10.96.0.0/12", 6443, "N_1"))
        .hasMessageContaining("--node-name");
  }

  @Test
  void controlPlanesAreOddInNumberAndKeepTheirNetworkToThemselves() {
    assertThatThrownBy(() -> planes(2, "10.244.0.0/16")).hasMessageContaining("1, 3 or 5");
    assertThatThrownBy(() -> planes(3, "198.18.0.0/16")).hasMessageContaining("198.18.77.0/24");
    assertThat(planes(1, "198.18.0.0/16").planes()).isEmpty();
    assertThat(planes(3, "10.244.0.0/16").planes())
        .extracting(ControlPlane::address)
        .containsExactly("198.18.77.11", "198.18.77.12", "198.18.77.13");
  }

  private static ClusterSettings planes(int count, String pods) {
    return new ClusterSettings(
        Cidr.parse(pods), Cidr.parse("10.96.0.0/12"), 6443, "n1", null, count);
  }

  @Test
  void writtenSettingsAreReadBack(@TempDir Path root) throws IOException {
    var directory = new DataDir(root);
    var own = settings("10.244.0.0/16", "10.96.0.0/12", 6443, "n1");
    var given =
        new ClusterSettings(
            own.podCidr(), own.serviceCidr(), 7443, "n2", "unix:///run/crio/crio.sock", 3);
    for (ClusterSettings settings : new ClusterSettings[] {own, given}) {
      SettingsFile.write(directory, settings);
      assertThat(SettingsFile.read(directory)).contains(settings);
    }
  }

  @Test
  void damagedFileIsNamed(@TempDir Path root) throws IOException {
    var directory = new DataDir(root);
    assertThat(SettingsFile.read(directory)).isEmpty();
    Files.createDirectories(directory.etc());
    Files.writeString(directory.settings(), "pod-cidr=nonsense\n");
    assertThatThrownBy(() -> SettingsFile.read(directory))
        .hasMessageContaining("cluster.properties is damaged");
  }
}

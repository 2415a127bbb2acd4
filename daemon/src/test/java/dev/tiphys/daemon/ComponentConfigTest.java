package dev.tiphys.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComponentConfigTest {

  private final ComponentConfig config =
      ComponentConfig.parse(
          """
          apiVersion: kubeproxy.config.k8s.io/v1alpha1
          kind: KubeProxyConfiguration
          clusterCIDR: 10.1.0.0/16
          iptables:
            syncPeriod: 1m30s
            masqueradeBit: fourteen
          featureGates:
            Some: true
          """,
          "proxy.yaml",
          "KubeProxyConfiguration");

  @Test
  void readsFieldsByPath() {
    assertThat(config.string("clusterCIDR")).contains("10.1.0.0/16");
    assertThat(config.duration("iptables.syncPeriod")).contains(Duration.ofSeconds(90));
    assertThat(config.stringMap("featureGates")).isEqualTo(Map.of("Some", "true"));
    assertThat(config.string("clientConnection.kubeconfig")).isEmpty();
  }

  @Test
  void aWrongTypeIsAnErrorThatNamesFileAndField() {
    assertThatThrownBy(() -> config.integer("iptables.masqueradeBit"))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "--config: proxy.yaml: iptables.masqueradeBit must be a whole number, not fourteen");
  }

  @Test
  void anotherKindIsRefused() {
    assertThatThrownBy(() -> ComponentConfig.parse("kind: Pod", "x.yaml", "KubeletConfiguration"))
        .hasMessage("--config: x.yaml must be of kind KubeletConfiguration, not Pod");
  }
}

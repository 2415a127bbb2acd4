package dev.tiphys.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.api.Resources;
import dev.tiphys.daemon.ConfigException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServedVersionsTest {

  @Test
  void onlyStableVersionsAreServedUnlessAskedFor() {
    ServedVersions versions = ServedVersions.of(List.of());

    assertThat(versions.serves(Resources.PODS)).isTrue();
    assertThat(versions.serves(Resources.HORIZONTAL_POD_AUTOSCALERS_V2)).isTrue();
    assertThat(versions.serves(Resources.RESOURCE_CLAIMS_V1BETA2)).isFalse();
    assertThat(versions.serves(Resources.WORKLOADS_V1ALPHA2)).isFalse();
  }

  @Test
  void theMostTellingKeyDecides() {
    ServedVersions versions =
        ServedVersions.of(
            List.of(
                "api/all=true",
                "api/alpha=false",
                "scheduling.k8s.io/v1alpha2",
                "scheduling.k8s.io/v1alpha2/podgroups=false",
                "apps/v1/replicasets=false",
                "v1/events=false"));

    assertThat(versions.serves(Resources.RESOURCE_CLAIMS_V1BETA2)).isTrue();
    assertThat(versions.serves(Resources.LEASE_CANDIDATES_V1ALPHA2)).isFalse();
    assertThat(versions.serves(Resources.WORKLOADS_V1ALPHA2)).isTrue();
    assertThat(versions.serves(Resources.POD_GROUPS_V1ALPHA2)).isFalse();
    assertThat(versions.serves(Resources.REPLICA_SETS)).isFalse();
    assertThat(versions.serves(Resources.DEPLOYMENTS)).isTrue();
    assertThat(versions.serves(Resources.EVENTS)).isFalse();
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    assertThatThrownBy(() -> ServedVersions.of(List.of("everything=true")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("--runtime-config: \"everything\" is none of");
    assertThatThrownBy(() -> ServedVersions.of(List.of("api/all=maybe")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("true or false");
  }
}

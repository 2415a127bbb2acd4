package dev.tiphys.scheduler.state;

import static dev.tiphys.scheduler.Fixtures.container;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.PodSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class PodRequestsTest {

  private static final long MIB = 1024 * 1024;

  @Test
  void containersAddUp() {
    Amounts amounts = requests(List.of(), container("100m", "10Mi"), container("250m", "5Mi"));

    assertThat(amounts.get("cpu")).isEqualTo(350);
    assertThat(amounts.get("memory")).isEqualTo(15 * MIB);
  }

  @Test
  void ofInitContainersOnlyTheLargestCounts() {
    Amounts amounts =
        requests(
            List.of(container("2", "1Mi"), container("1", "100Mi")), container("500m", "10Mi"));

    assertThat(amounts.get("cpu")).isEqualTo(2000);
    assertThat(amounts.get("memory")).isEqualTo(100 * MIB);
  }

  @Test
  void sidecarsCountBesideWhateverStartsAfterThem() {
    Container sidecar = container("1", "1Mi").withRestartPolicy("Always");

    Amounts amounts = requests(List.of(sidecar, container("2", "1Mi")), container("500m", "10Mi"));

    assertThat(amounts.get("cpu")).isEqualTo(3000);
    assertThat(amounts.get("memory")).isEqualTo(11 * MIB);
  }

  private static Amounts requests(List<Container> init, Container... containers) {
    return PodRequests.of(
        PodSpec.builder().initContainers(init).containers(List.of(containers)).build());
  }
}

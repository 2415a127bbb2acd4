package dev.tiphys.kubelet.runtime;

import static dev.tiphys.kubelet.runtime.TestPods.aPod;
import static dev.tiphys.kubelet.runtime.TestPods.aShell;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.ResourceRequirements;
import dev.tiphys.api.value.Quantity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PodCgroupsTest {
  @TempDir Path mount;

  @Test
  void findsNoHierarchyInAnEmptyPlace() {
    assertThatThrownBy(() -> PodCgroups.find(mount, "/"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no usable cgroup hierarchy");
  }

  @Test
  void goesByClassBelowTheRoot() throws IOException {
    PodCgroups cgroups = PodCgroups.find(v1(), "/tiphys");

    assertThat(cgroups.parentOf("1", QosClass.Guaranteed)).isEqualTo("/tiphys/kubepods/pod1");
    assertThat(cgroups.parentOf("1", QosClass.Burstable))
        .isEqualTo("/tiphys/kubepods/burstable/pod1");
    assertThat(cgroups.parentOf("1", QosClass.BestEffort))
        .isEqualTo("/tiphys/kubepods/besteffort/pod1");
  }

  @Test
  void makesAndRemovesAPodInEachHierarchy() throws IOException {
    PodCgroups cgroups = PodCgroups.find(v1(), "/");

    String parent = cgroups.create(aPod("web", aShell("main", "true")));

    assertThat(parent).isEqualTo("/kubepods/besteffort/poduid-of-web");
    assertThat(mount.resolve("memory" + parent)).isDirectory();
    assertThat(cgroups.uids()).containsExactly("uid-of-web");
    // The runtime made one where there is nothing to limit.
    Files.createDirectories(mount.resolve("freezer" + parent + "/container"));
    cgroups.remove("uid-of-web");
    cgroups.remove("uid-of-web");
    assertThat(cgroups.uids()).isEmpty();
    assertThat(mount.resolve("freezer" + parent)).doesNotExist();
  }

  @Test
  void boundsAPodByTheSumOfItsContainers() {
    ResourceRequirements each =
        ResourceRequirements.builder()
            .requests(Map.of("cpu", Quantity.parse("250m")))
            .limits(Map.of("cpu", Quantity.parse("500m"), "memory", Quantity.parse("1Mi")))
            .build();
    Pod pod =
        aPod(
            "web",
            aShell("a", "true").toBuilder().resources(each).build(),
            aShell("b", "true").toBuilder().resources(each).build());

    PodResources resources = PodResources.of(pod);

    assertThat(resources).isEqualTo(new PodResources(512, 100_000, 2L << 20));
    assertThat(resources.unifiedFiles())
        .containsEntry("cpu.max", "100000 100000")
        .containsEntry("memory.max", Long.toString(2L << 20))
        .containsEntry("cpu.weight", "20");
    assertThat(
            PodResources.of(
                aPod("web", aShell("a", "").toBuilder().resources(each).build(), aShell("b", ""))))
        .as("one without limits leaves the pod without")
        .isEqualTo(new PodResources(256, 0, 0));
  }

  private Path v1() throws IOException {
    for (String controller : new String[] {"cpu", "memory", "freezer"}) {
      Files.createFile(Files.createDirectories(mount.resolve(controller)).resolve("cgroup.procs"));
    }
    return mount;
  }
}

package dev.tiphys.deploy.teardown;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TeardownPartsTest {

  @TempDir private Path root = Path.of("");

  @Test
  void bundleTellsWhatTheContainerUses() throws IOException {
    Path bundle = Files.createDirectories(root.resolve("io.containerd.runtime.v2.task/k8s.io/abc"));
    Files.writeString(
        bundle.resolve("config.json"),
        """
        {"linux":{"cgroupsPath":"/kubepods/pod1/abc","namespaces":[{"type":"pid"},
          {"type":"network","path":"/run/x/netns/cni-1"}]}}
        """);
    Files.writeString(bundle.resolve("init.pid"), "4711");
    Files.writeString(bundle.resolve("address"), "unix:///run/containerd/s/feed");
    assertThat(Bundle.all(root))
        .containsExactly(
            new Bundle(
                bundle,
                "kubepods/pod1/abc",
                "/run/x/netns/cni-1",
                Optional.of(4711L),
                "/run/containerd/s/feed"));
  }

  @Test
  void halfWrittenBundleIsNoObstacle() throws IOException {
    Path bundle = Files.createDirectories(root.resolve("io.containerd.runtime.v2.task/k8s.io/abc"));
    Files.writeString(bundle.resolve("config.json"), "{\"linux\":");
    assertThat(Bundle.all(root)).containsExactly(new Bundle(bundle, "", "", Optional.empty(), ""));
  }

  @Test
  void noStateMeansNoBundles() throws IOException {
    assertThat(Bundle.all(root.resolve("nothing"))).isEmpty();
  }

  @Test
  void processesAreFoundInEveryHierarchyAndBelow() throws IOException {
    Path memory = Files.createDirectories(root.resolve("memory/kubepods/pod1/c"));
    Path pids = Files.createDirectories(root.resolve("pids/kubepods/pod1"));
    Files.writeString(memory.resolve("cgroup.procs"), "11\n12\n");
    Files.writeString(pids.resolve("cgroup.procs"), "13\n");
    assertThat(new Cgroups(root).processes("kubepods/pod1"))
        .containsExactlyInAnyOrder(11L, 12L, 13L);
  }

  @Test
  void groupGoesWithItsEmptyParents() throws IOException {
    Files.createDirectories(root.resolve("memory/kubepods/burstable/pod1/c"));
    new Cgroups(root).remove("kubepods/burstable/pod1/c");
    assertThat(root.resolve("memory/kubepods")).doesNotExist();
    assertThat(root.resolve("memory")).exists();
  }

  @Test
  void parentsInUseStay() throws IOException {
    Files.createDirectories(root.resolve("memory/kubepods/burstable/pod1/c"));
    Files.createDirectories(root.resolve("memory/kubepods/burstable/pod2"));
    new Cgroups(root).remove("kubepods/burstable/pod1/c");
    assertThat(root.resolve("memory/kubepods/burstable/pod2")).exists();
    assertThat(root.resolve("memory/kubepods/burstable/pod1")).doesNotExist();
  }
}

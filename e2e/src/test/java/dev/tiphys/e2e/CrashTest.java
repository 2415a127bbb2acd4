package dev.tiphys.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Any daemon may be killed at any instruction: the cluster converges and containers go on running.
 */
@ExtendWith(OnCluster.class)
class CrashTest {

  private static final Duration SOON = Duration.ofSeconds(120);
  private static final String NAMESPACE = "crash";
  private static final List<String> DAEMONS =
      List.of("store", "apiserver", "scheduler", "controllermanager", "kubelet", "kubeproxy");

  private final TestCluster cluster;

  CrashTest(TestCluster cluster) {
    this.cluster = cluster;
  }

  @BeforeEach
  void runSomething() {
    cluster.kubectl("create", "namespace", NAMESPACE).orThrow();
    kubectl("create", "deployment", "steady", "--image=tiphys.local/echo:1", "--replicas=2");
    kubectl("rollout", "status", "deployment/steady", "--timeout=120s");
  }

  @AfterEach
  void removeIt() {
    cluster.eventually(SOON, out -> out.contains("Active"), "get", "namespace", NAMESPACE);
    cluster.kubectl("delete", "namespace", NAMESPACE, "--timeout=120s").orThrow();
  }

  @Test
  void eachDaemonInTurnMayDieUnderARollout() throws IOException {
    String containers = containers();
    kubectl("create", "deployment", "rolling", "--image=tiphys.local/echo:1", "--replicas=1");
    int round = 0;
    for (String daemon : DAEMONS) {
      String marker = "m" + round++;
      kubectl("create", "configmap", marker, "--from-literal=a=b");
      cluster
          .kubectl("-n", NAMESPACE, "set", "env", "deployment/rolling", "ROUND=" + round)
          .orThrow();

      killed(daemon);

      cluster.eventually(SOON, out -> out.contains(marker), "-n", NAMESPACE, "get", "configmaps");
    }
    awaitRollout("rolling");
    assertThat(containers()).isEqualTo(containers);
  }

  @Test
  void allDaemonsMayDieAtOnce() throws IOException {
    String containers = containers();
    kubectl("create", "configmap", "acknowledged", "--from-literal=a=b");
    kubectl("scale", "deployment/steady", "--replicas=3");

    killed(DAEMONS.toArray(String[]::new));

    cluster.eventually(
        SOON, out -> out.contains("acknowledged"), "-n", NAMESPACE, "get", "configmaps");
    awaitRollout("steady");
    assertThat(containers()).contains(containers.split(" "));
  }

  private void awaitRollout(String deployment) {
    cluster.eventually(
        SOON,
        out -> out.contains("successfully rolled out"),
        "-n",
        NAMESPACE,
        "rollout",
        "status",
        "deployment/" + deployment,
        "--timeout=5s");
  }

  /** The container ids with their restart counts: what must stay the same. */
  private String containers() {
    return cluster.eventually(
        SOON,
        out -> !out.isBlank(),
        "-n",
        NAMESPACE,
        "get",
        "pods",
        "-l",
        "app=steady",
        "--sort-by=.metadata.creationTimestamp",
        "-o",
        "jsonpath={range .items[*]}{.status.containerStatuses[0].containerID}/"
            + "{.status.containerStatuses[0].restartCount} {end}");
  }

  private void kubectl(String... arguments) {
    List<String> all = new ArrayList<>(List.of("-n", NAMESPACE));
    all.addAll(List.of(arguments));
    cluster.kubectl(all.toArray(String[]::new)).orThrow();
  }

  /**
   * Kills daemons of this cluster, known by their main class and the directory that they work in.
   */
  private void killed(String... daemons) throws IOException {
    List<ProcessHandle> victims = new ArrayList<>();
    for (String daemon : daemons) {
      List<ProcessHandle> found = processes("dev.tiphys." + daemon + ".Main");
      assertThat(found).as(daemon).hasSize(1);
      victims.addAll(found);
    }
    victims.forEach(ProcessHandle::destroyForcibly);
  }

  /** Not what one of them is about to start, which bears its command line until it is another. */
  private List<ProcessHandle> processes(String mainClass) throws IOException {
    List<ProcessHandle> found = new ArrayList<>();
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      for (ProcessHandle process : all.toList()) {
        Path commandLine = Path.of("/proc", String.valueOf(process.pid()), "cmdline");
        if (Files.isReadable(commandLine)) {
          String arguments = readOrEmpty(commandLine);
          if (arguments.contains('\0' + mainClass + '\0')
              && arguments.contains(cluster.directory().toString())) {
            found.add(process);
          }
        }
      }
    }
    var pids = found.stream().map(ProcessHandle::pid).toList();
    found.removeIf(
        process -> process.parent().map(ProcessHandle::pid).filter(pids::contains).isPresent());
    return found;
  }

  private static String readOrEmpty(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      // The process has ended meanwhile.
      return "";
    }
  }
}

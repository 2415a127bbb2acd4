package dev.tiphys.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The session that the README promises, typed as a newcomer would, with each kubectl at hand. Each
 * step builds on the last, and the last one leaves the cluster as it was.
 */
@ExtendWith(OnCluster.class)
@ParameterizedClass
@MethodSource("kubectls")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KubectlSessionTest {

  private static final Duration SOON = Duration.ofSeconds(60);

  private final TestCluster cluster;

  KubectlSessionTest(String kubectl, TestCluster cluster) {
    this.cluster = cluster.through(kubectl);
  }

  /** The kubectl on the path, and those of other releases when the launcher has fetched them. */
  static List<String> kubectls() throws IOException {
    List<String> all = new ArrayList<>(List.of("kubectl"));
    Path fetched = Path.of("target", "kubectl").toAbsolutePath();
    if (Files.isDirectory(fetched)) {
      try (var releases = Files.list(fetched)) {
        releases.sorted().forEach(release -> all.add(release.resolve("kubectl").toString()));
      }
    }
    return all;
  }

  @Test
  @Order(1)
  void theNodeIsReady() {
    assertThat(cluster.kubectl("get", "nodes", "-o", "wide").orThrow())
        .contains("Ready")
        .contains("containerd://");
  }

  @Test
  @Order(2)
  void aDeploymentRollsOut() {
    assertThat(
            cluster
                .kubectl(
                    "create", "deployment", "web", "--image=tiphys.local/echo:1", "--replicas=3")
                .orThrow())
        .contains("deployment.apps/web created");
    assertThat(cluster.kubectl("rollout", "status", "deployment/web", "--timeout=60s").orThrow())
        .contains("successfully rolled out");
    assertThat(cluster.kubectl("get", "pods", "-l", "app=web").orThrow()).contains("1/1");
  }

  @Test
  @Order(3)
  void aServiceIsAnsweredByEachPodInTurn() {
    cluster
        .kubectl(
            "expose", "deployment", "web", "--port=80", "--target-port=8080", "--type=NodePort")
        .orThrow();
    String clusterIp = field("service/web", "{.spec.clusterIP}");
    String nodePort = field("service/web", "{.spec.ports[0].nodePort}");
    String nodeIp = field("nodes", "{.items[0].status.addresses[0].address}");

    Set<String> answers = new HashSet<>();
    cluster.eventually(
        SOON,
        _ -> {
          Command.Result answer = curl("http://" + clusterIp + "/");
          if (answer.exitCode() == 0) {
            answers.add(answer.output().lines().findFirst().orElse(""));
          }
          return answers.size() == 3;
        },
        "version");
    assertThat(curl("http://" + nodeIp + ":" + nodePort + "/").orThrow()).contains("web-");
  }

  @Test
  @Order(4)
  void logsAndExecReachTheContainer() {
    String pod = field("pods", "{.items[0].metadata.name}");

    assertThat(cluster.kubectl("logs", pod).exitCode()).isZero();
    assertThat(cluster.kubectl("exec", pod, "--", "hostname").orThrow().strip()).isEqualTo(pod);
    assertThat(cluster.kubectl("exec", pod, "--", "sh", "-c", "exit 7").exitCode()).isEqualTo(7);
    assertThat(cluster.kubectlReading("hello\n", "exec", "-i", pod, "--", "cat").orThrow())
        .isEqualTo("hello\n");
  }

  @Test
  @Order(5)
  void aDeletedPodIsReplaced() {
    String pod = field("pods", "{.items[0].metadata.name}");

    cluster.kubectl("delete", "pod", pod).orThrow();

    cluster.eventually(
        SOON,
        out -> out.equals("3"),
        "get",
        "deployment/web",
        "-o",
        "jsonpath={.status.readyReplicas}");
    assertThat(cluster.kubectl("get", "pod", pod).errors()).contains("NotFound");
  }

  @Test
  @Order(6)
  void theDeploymentScales() {
    assertThat(cluster.kubectl("scale", "deployment/web", "--replicas=1").orThrow())
        .contains("deployment.apps/web scaled");
    cluster.eventually(
        SOON,
        out -> out.split("\\s+").length == 1 && !out.isBlank(),
        "get",
        "pods",
        "-l",
        "app=web",
        "-o",
        "jsonpath={.items[*].metadata.name}");
  }

  @Test
  @Order(7)
  void anEditorChangesObjects() {
    assertThat(
            cluster
                .kubectl(
                    Map.of(
                        "KUBE_EDITOR",
                        "sed -i s/progressDeadlineSeconds:.*/progressDeadlineSeconds:\\ 599/"),
                    "edit",
                    "deployment",
                    "web")
                .orThrow())
        .contains("deployment.apps/web edited");
    assertThat(field("deployment/web", "{.spec.progressDeadlineSeconds}")).isEqualTo("599");
  }

  @Test
  @Order(8)
  void objectsAreShownChangedAndExplained() {
    assertThat(cluster.kubectl("describe", "deployment", "web").orThrow())
        .contains("RollingUpdate")
        .contains("ScalingReplicaSet");
    assertThat(cluster.kubectl("get", "deployment", "web", "-o", "yaml").orThrow())
        .contains("kind: Deployment");
    assertThat(cluster.kubectl("label", "deployment", "web", "tier=front").orThrow())
        .contains("labeled");
    assertThat(cluster.kubectl("annotate", "deployment", "web", "note=hello").orThrow())
        .contains("annotated");
    assertThat(
            cluster
                .kubectl("patch", "deployment", "web", "-p", "{\"spec\":{\"minReadySeconds\":1}}")
                .orThrow())
        .contains("patched");
    assertThat(cluster.kubectl("explain", "deployment.spec").orThrow())
        .contains("replicas")
        .contains("selector");
  }

  @Test
  @Order(9)
  void manifestsAreApplied() {
    String manifest =
        """
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: settings
        data:
          colour: %s
        """;
    assertThat(cluster.kubectlReading(manifest.formatted("red"), "apply", "-f", "-").orThrow())
        .contains("configmap/settings created");
    assertThat(cluster.kubectlReading(manifest.formatted("blue"), "apply", "-f", "-").orThrow())
        .contains("configmap/settings configured");
    assertThat(
            cluster
                .kubectlReading(
                    manifest.formatted("green"),
                    "apply",
                    "--server-side",
                    "--force-conflicts",
                    "-f",
                    "-")
                .orThrow())
        .contains("serverside-applied");
    assertThat(field("configmap/settings", "{.data.colour}")).isEqualTo("green");
  }

  @Test
  @Order(10)
  void aNamespaceTakesEverythingWithIt() {
    cluster.kubectl("create", "namespace", "short-lived").orThrow();
    cluster
        .kubectl("-n", "short-lived", "create", "configmap", "a", "--from-literal=k=v")
        .orThrow();
    cluster
        .kubectl("-n", "short-lived", "create", "deployment", "d", "--image=tiphys.local/echo:1")
        .orThrow();

    cluster.kubectl("delete", "namespace", "short-lived", "--timeout=120s").orThrow();

    assertThat(cluster.kubectl("get", "namespace", "short-lived").errors()).contains("NotFound");
  }

  @Test
  @Order(11)
  void upOnARunningClusterChangesNothing() {
    String before = field("pods", "{.items[*].metadata.uid}");

    cluster.start();

    assertThat(field("pods", "{.items[*].metadata.uid}")).isEqualTo(before);
  }

  @Test
  @Order(12)
  void theSameVerbsWorkThroughTiphys() {
    assertThat(cluster.tiphys("get", "pods").orThrow()).contains("web-");
    assertThat(cluster.tiphys("scale", "deployment/web", "--replicas=0").orThrow())
        .contains("scaled");
    assertThat(cluster.tiphys("delete", "service", "web").orThrow()).contains("deleted");
    assertThat(cluster.tiphys("delete", "deployment", "web").orThrow()).contains("deleted");
    assertThat(cluster.tiphys("delete", "configmap", "settings").orThrow()).contains("deleted");
  }

  private String field(String what, String jsonpath) {
    return cluster.kubectl("get", what, "-o", "jsonpath=" + jsonpath).orThrow();
  }

  private static Command.Result curl(String url) {
    return Command.run(Map.of(), "", List.of("curl", "-sS", "--max-time", "5", url));
  }
}

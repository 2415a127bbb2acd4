package dev.tiphys.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The session that the README promises, typed as a newcomer would. Each step builds on the last.
 */
@ExtendWith(OnCluster.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KubectlSessionTest {

  private static final Duration SOON = Duration.ofSeconds(60);

  private final TestCluster cluster;

  KubectlSessionTest(TestCluster cluster) {
    this.cluster = cluster;
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
  @Order(8)
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
  @Order(9)
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
  @Order(10)
  void upOnARunningClusterChangesNothing() {
    String before = field("pods", "{.items[*].metadata.uid}");

    cluster.start();

    assertThat(field("pods", "{.items[*].metadata.uid}")).isEqualTo(before);
  }

  @Test
  @Order(11)
  void theSameVerbsWorkThroughTiphys() {
    assertThat(cluster.tiphys("get", "pods").orThrow()).contains("web-");
    assertThat(cluster.tiphys("scale", "deployment/web", "--replicas=0").orThrow())
        .contains("scaled");
    assertThat(cluster.tiphys("delete", "service", "web").orThrow()).contains("deleted");
    assertThat(cluster.tiphys("delete", "deployment", "web").orThrow()).contains("deleted");
  }

  private String field(String what, String jsonpath) {
    return cluster.kubectl("get", what, "-o", "jsonpath=" + jsonpath).orThrow();
  }

  private static Command.Result curl(String url) {
    return Command.run(Map.of(), "", List.of("curl", "-sS", "--max-time", "5", url));
  }
}

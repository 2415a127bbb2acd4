package dev.tiphys.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A pod that cannot run says why, in its status and in its events. */
@ExtendWith(OnCluster.class)
class PodFailuresTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String NAMESPACE = "pod-failures";

  private final TestCluster cluster;

  PodFailuresTest(TestCluster cluster) {
    this.cluster = cluster;
  }

  @BeforeEach
  void makeNamespace() {
    cluster.kubectl("create", "namespace", NAMESPACE).orThrow();
  }

  @AfterEach
  void removeNamespace() {
    cluster.kubectl("delete", "namespace", NAMESPACE, "--timeout=120s").orThrow();
  }

  @Test
  void aMissingImageIsNamed() {
    run("image: tiphys.local/nothing:1\n    imagePullPolicy: Never");

    waitFor("ErrImageNeverPull");
    assertThat(describe()).contains("tiphys.local/nothing:1");
  }

  @Test
  void aCommandThatFailsIsRestartedWithABackOff() {
    run("image: tiphys.local/echo:1\n    command: [sh, -c, 'echo broken; exit 3']");

    waitFor("CrashLoopBackOff");
    assertThat(describe()).contains("Exit Code:    3").contains("BackOff");
    assertThat(cluster.kubectl("-n", NAMESPACE, "logs", "p", "--previous").orThrow())
        .contains("broken");
  }

  @Test
  void aCommandThatIsNotThereSaysSo() {
    run("image: tiphys.local/echo:1\n    command: [/no/such/program]");

    cluster.eventually(
        SOON,
        out -> out.contains("no such file or directory"),
        "-n",
        NAMESPACE,
        "describe",
        "pod",
        "p");
  }

  @Test
  void aFailingProbeKeepsThePodUnready() {
    run(
        "image: tiphys.local/echo:1\n"
            + "    readinessProbe: {httpGet: {path: /, port: 9999}, periodSeconds: 1}");

    cluster.eventually(
        SOON,
        out -> out.contains("Readiness probe failed") && out.contains("connection refused"),
        "-n",
        NAMESPACE,
        "describe",
        "pod",
        "p");
    assertThat(
            cluster
                .kubectl("-n", NAMESPACE, "get", "pod", "p", "-o", "jsonpath={.status.phase}")
                .orThrow())
        .isEqualTo("Running");
  }

  @Test
  void aPodThatFitsNowhereSaysWhatIsMissing() {
    run("image: tiphys.local/echo:1\n    resources: {requests: {cpu: '1000'}}");

    cluster.eventually(
        SOON,
        out -> out.contains("0/1 nodes are available: 1 Insufficient cpu."),
        "-n",
        NAMESPACE,
        "describe",
        "pod",
        "p");
  }

  @Test
  void aMissingConfigMapHoldsThePodUntilItComes() {
    run(
        "image: tiphys.local/echo:1\n"
            + "    env: [{name: A, valueFrom: {configMapKeyRef: {name: later, key: a}}}]");
    waitFor("CreateContainerConfigError");

    cluster
        .kubectl("-n", NAMESPACE, "create", "configmap", "later", "--from-literal=a=1")
        .orThrow();

    cluster.eventually(
        SOON,
        out -> out.equals("Running"),
        "-n",
        NAMESPACE,
        "get",
        "pod",
        "p",
        "-o",
        "jsonpath={.status.phase}");
  }

  private void run(String container) {
    cluster
        .kubectlReading(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: p, namespace: %s}
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - name: c
                %s
            """
                .formatted(NAMESPACE, container),
            "create",
            "-f",
            "-")
        .orThrow();
  }

  private void waitFor(String reason) {
    cluster.eventually(
        SOON,
        out -> out.contains(reason),
        "-n",
        NAMESPACE,
        "get",
        "pod",
        "p",
        "-o",
        "jsonpath={.status.containerStatuses[*].state.waiting.reason}");
  }

  private String describe() {
    return cluster.kubectl("-n", NAMESPACE, "describe", "pod", "p").orThrow();
  }
}

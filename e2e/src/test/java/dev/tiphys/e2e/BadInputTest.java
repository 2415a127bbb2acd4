package dev.tiphys.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a client gets wrong is told to it, in the words that kubectl's users know. */
@ExtendWith(OnCluster.class)
class BadInputTest {

  private final TestCluster cluster;

  BadInputTest(TestCluster cluster) {
    this.cluster = cluster;
  }

  @Test
  void anUnknownFieldIsNamed() {
    String errors = create("data: {}\nspecs: 1\n").errors();

    assertThat(errors).contains("unknown field \"specs\"");
  }

  @Test
  void aWrongTypeIsABadRequest() {
    assertThat(create("data: [1]\n").errors()).contains("BadRequest");
  }

  @Test
  void aNameThatIsNoDnsNameIsInvalid() {
    assertThat(cluster.kubectl("create", "configmap", "Not_A_Name").errors())
        .contains("Invalid value: \"Not_A_Name\"")
        .contains("RFC 1123 subdomain");
    assertThat(cluster.kubectl("create", "namespace", "Big").errors()).contains("RFC 1123 label");
  }

  @Test
  void theSelectorOfADeploymentCannotChange() {
    cluster.kubectl("create", "deployment", "fixed", "--image=tiphys.local/echo:1").orThrow();
    try {
      assertThat(
              cluster
                  .kubectl(
                      "patch",
                      "deployment",
                      "fixed",
                      "--type=merge",
                      "-p",
                      "{\"spec\":{\"selector\":{\"matchLabels\":{\"app\":\"other\"}}}}")
                  .errors())
          .contains("Invalid")
          .contains("field is immutable");
    } finally {
      cluster.kubectl("delete", "deployment", "fixed").orThrow();
    }
  }

  @Test
  void aStaleResourceVersionIsAConflict() {
    cluster.kubectl("create", "configmap", "stale", "--from-literal=a=1").orThrow();
    try {
      String manifest =
          """
          apiVersion: v1
          kind: ConfigMap
          metadata:
            name: stale
            namespace: default
            resourceVersion: "1"
          data:
            a: "2"
          """;
      assertThat(cluster.kubectlReading(manifest, "replace", "-f", "-").errors())
          .contains("Conflict")
          .contains(
              "the object has been modified; please apply your changes to the latest version");
    } finally {
      cluster.kubectl("delete", "configmap", "stale").orThrow();
    }
  }

  @Test
  void whatExistsIsNotCreatedAgain() {
    assertThat(cluster.kubectl("create", "namespace", "default").errors())
        .contains("AlreadyExists")
        .contains("namespaces \"default\" already exists");
  }

  @Test
  void whatIsMissingIsNotFound() {
    assertThat(cluster.kubectl("get", "pod", "nobody").errors())
        .contains("Error from server (NotFound): pods \"nobody\" not found");
  }

  @Test
  void aDeploymentWithoutContainersIsInvalid() {
    String manifest =
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: empty}
        spec:
          selector: {matchLabels: {a: b}}
          template:
            metadata: {labels: {a: b}}
            spec: {containers: []}
        """;
    assertThat(cluster.kubectlReading(manifest, "create", "-f", "-").errors())
        .contains("spec.template.spec.containers: Required value");
  }

  private Command.Result create(String rest) {
    return cluster.kubectlReading(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bad}\n" + rest, "create", "-f", "-");
  }
}

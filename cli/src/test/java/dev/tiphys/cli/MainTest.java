package dev.tiphys.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.cli.FakeServer.Run;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MainTest {

  private static final String PODS = "/api/v1/namespaces/default/pods";
  private static final String DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";
  private static final String MANIFEST =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web}
      spec: {replicas: 3}
      """;

  private final FakeServer server = new FakeServer();

  @AfterEach
  void close() {
    server.close();
  }

  private static String deployment(String version) {
    return """
    {"apiVersion": "apps/v1", "kind": "Deployment",
     "metadata": {"name": "web", "resourceVersion": "%s", "uid": "u1"}}
    """
        .formatted(version);
  }

  @Test
  void getPrintsTheServersTable() {
    server.on(
        "GET " + PODS,
        """
        {"kind": "Table", "metadata": {}, "columnDefinitions": [{"name": "Name"}, {"name": "Age"}],
         "rows": [{"cells": ["web-0", "3s"], "object": {"metadata": {"name": "web-0"}}}]}
        """);
    Run run = server.run("", "get", "po");
    assertThat(run.out()).isEqualTo("NAME    AGE\nweb-0   3s\n");
    assertThat(run.code()).isZero();
  }

  @Test
  void getOfNothingSaysWhere() {
    server.on("GET " + PODS, "{\"kind\": \"Table\", \"rows\": []}");
    Run run = server.run("", "get", "pods");
    assertThat(run.err()).isEqualTo("No resources found in default namespace.\n");
    assertThat(run.code()).isZero();
  }

  @Test
  void getOfSeveralShowsWhatIsThereAndFailsForWhatIsNot() {
    server.on("GET " + PODS + "/a", "{\"kind\": \"Pod\", \"metadata\": {\"name\": \"a\"}}");
    Run run = server.run("", "get", "pods", "a", "b", "-o", "name");
    assertThat(run.out()).isEqualTo("pod/a\n");
    assertThat(run.err()).startsWith("Error from server (NotFound): ");
    assertThat(run.code()).isEqualTo(1);
  }

  @Test
  void applyTellsCreatedConfiguredAndUnchangedApart() {
    server.on("PATCH " + DEPLOYMENTS + "/web", deployment("7"));
    assertThat(server.run(MANIFEST, "apply", "-f", "-").out())
        .isEqualTo("deployment.apps/web created\n");
    server.on("GET " + DEPLOYMENTS + "/web", deployment("6"));
    assertThat(server.run(MANIFEST, "apply", "-f", "-").out())
        .isEqualTo("deployment.apps/web configured\n");
    server.on("GET " + DEPLOYMENTS + "/web", deployment("7"));
    assertThat(server.run(MANIFEST, "apply", "-f", "-").out())
        .isEqualTo("deployment.apps/web unchanged\n");
  }

  @Test
  void applyExplainsConflictsWithOtherManagers() {
    server.on(
        "PATCH " + DEPLOYMENTS + "/web",
        409,
        """
        {"kind": "Status", "code": 409, "reason": "Conflict", "message": "Apply failed with 1 conflict"}
        """);
    Run run = server.run(MANIFEST, "apply", "--server-side", "-f", "-");
    assertThat(run.err()).startsWith("error: Apply failed with 1 conflict\n");
    assertThat(run.err()).contains("--force-conflicts");
    assertThat(run.code()).isEqualTo(1);
  }

  @Test
  void dryRunOnTheClientSendsNothing() {
    Run run =
        server.run(
            "",
            "create",
            "deployment",
            "web",
            "--image=tiphys.local/echo:1",
            "--dry-run=client",
            "-o",
            "jsonpath={.spec.template.spec.containers[0].name}");
    assertThat(run.out()).isEqualTo("echo");
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void deleteWaitsUntilTheObjectOfThatUidIsGone() {
    server.on("DELETE " + DEPLOYMENTS + "/web", deployment("7"));
    Run run = server.run("", "delete", "deployment", "web", "--grace-period=0");
    assertThat(run.out()).isEqualTo("deployment.apps \"web\" deleted from default namespace\n");
    assertThat(server.requests().getFirst()).contains("\"gracePeriodSeconds\":1");
    assertThat(server.requests().getLast()).startsWith("GET " + DEPLOYMENTS + "/web");
  }

  @Test
  void wordsThatAreNotUnderstoodEndWithOne() {
    assertThat(server.run("", "get", "--frob").err()).startsWith("error: unknown flag: --frob\n");
    assertThat(server.run("", "get", "widgets").err())
        .isEqualTo("error: the server doesn't have a resource type \"widgets\"\n");
    assertThat(server.run("", "frob").code()).isEqualTo(1);
  }

  @Test
  void brokenFilesAreNamed() {
    assertThat(server.run("kind: [", "apply", "-f", "-").err())
        .startsWith("error: error parsing STDIN: error converting YAML to JSON: yaml: ");
    assertThat(server.run("kind: Pod", "apply", "-f", "-").err())
        .isEqualTo(
            "error: unable to decode \"STDIN\": Object 'apiVersion' is missing in"
                + " '{\"kind\":\"Pod\"}'\n");
    assertThat(server.run("", "apply", "-f", "/no/such/file").err())
        .isEqualTo("error: the path \"/no/such/file\" does not exist\n");
    assertThat(server.run("", "apply", "-f", "-").err())
        .isEqualTo("error: no objects passed to apply\n");
  }

  @Test
  void anUnreachableServerIsNamed() {
    server.close();
    assertThat(server.run("", "get", "pods").err())
        .matches(
            "The connection to the server 127.0.0.1:\\d+ was refused - did you specify the right"
                + " host or port\\?\n");
  }
}

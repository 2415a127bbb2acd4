package dev.tiphys.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What kubectl does with a kind that a user brings. */
@ExtendWith(OnCluster.class)
class CustomResourceTest {

  private static final String DEFINITION =
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: {name: crontabs.e2e.tiphys.test}
      spec:
        group: e2e.tiphys.test
        scope: Namespaced
        names: {plural: crontabs, kind: CronTab, shortNames: [ct], categories: [all]}
        versions:
        - name: v1
          served: true
          storage: true
          subresources:
            status: {}
            scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}
          additionalPrinterColumns:
          - {name: Replicas, type: integer, jsonPath: .spec.replicas}
          schema:
            openAPIV3Schema:
              type: object
              properties:
                spec:
                  type: object
                  description: What is wanted.
                  x-kubernetes-validations:
                  - {rule: "self.replicas <= 5", message: "at most five"}
                  properties:
                    cron: {type: string, description: When it runs.}
                    replicas: {type: integer, default: 1}
                status:
                  type: object
                  properties:
                    replicas: {type: integer}
      """;

  private static final String OBJECT =
      """
      apiVersion: e2e.tiphys.test/v1
      kind: CronTab
      metadata: {name: nightly}
      spec: {cron: "0 3 * * *"}
      """;

  private final TestCluster cluster;

  CustomResourceTest(TestCluster cluster) {
    this.cluster = cluster;
  }

  private String kubectl(String... arguments) {
    return cluster.kubectl(arguments).orThrow();
  }

  @Test
  void aKindIsBroughtUsedAndTakenAway(@TempDir Path folder) throws IOException {
    Path definition = Files.writeString(folder.resolve("crd.yaml"), DEFINITION);
    Path object = Files.writeString(folder.resolve("ct.yaml"), OBJECT);
    kubectl("apply", "-f", definition.toString());
    kubectl("wait", "--for=condition=Established", "crd/crontabs.e2e.tiphys.test", "--timeout=30s");

    assertThat(kubectl("apply", "-f", object.toString())).contains("crontab.e2e.tiphys.test");
    assertThat(kubectl("get", "ct")).contains("REPLICAS").contains("nightly").contains("1");
    assertThat(kubectl("explain", "crontabs.spec.cron")).contains("When it runs.");
    assertThat(kubectl("get", "all")).contains("crontab.e2e.tiphys.test/nightly");

    assertThat(kubectl("scale", "ct/nightly", "--replicas=3")).contains("scaled");
    assertThat(kubectl("get", "ct/nightly", "-o", "jsonpath={.spec.replicas}")).isEqualTo("3");
    assertThat(kubectl("apply", "--server-side", "--force-conflicts", "-f", object.toString()))
        .contains("serverside-applied");
    Command.Result refused =
        cluster.kubectl("patch", "ct/nightly", "--type=merge", "-p", "{\"spec\":{\"replicas\":9}}");
    assertThat(refused.errors()).contains("at most five");

    assertThat(kubectl("delete", "crd", "crontabs.e2e.tiphys.test", "--timeout=30s"))
        .contains("deleted");
    // kubectl remembers what it has discovered for a while.
    assertThat(cluster.kubectl("get", "ct").errors())
        .containsAnyOf("could not find the requested resource", "have a resource type");
  }
}

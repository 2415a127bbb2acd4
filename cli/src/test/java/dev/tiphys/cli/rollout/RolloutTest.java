package dev.tiphys.cli.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.tree.View;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RolloutTest {

  private static View deployment(int observed, String status) {
    return new View(
        JsonTree.parse(
            """
            {"kind": "Deployment", "metadata": {"name": "web", "generation": 2,
              "annotations": {"deployment.kubernetes.io/revision": "4"}},
             "spec": {"replicas": 3}, "status": {"observedGeneration": %d, %s}}
            """
                .formatted(observed, status)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "1; 3; 3; 3; Waiting for deployment spec update to be observed...; false",
        "2; 1; 3; 3; Waiting for deployment \"web\" rollout to finish: 1 out of 3 new replicas"
            + " have been updated...; false",
        "2; 3; 5; 3; Waiting for deployment \"web\" rollout to finish: 2 old replicas are pending"
            + " termination...; false",
        "2; 3; 3; 1; Waiting for deployment \"web\" rollout to finish: 1 of 3 updated replicas are"
            + " available...; false",
        "2; 3; 3; 3; deployment \"web\" successfully rolled out; true",
      })
  void deploymentsTellHowFarTheyAre(
      int observed, int updated, int all, int available, String message, boolean done) {
    String status =
        "\"updatedReplicas\": %d, \"replicas\": %d, \"availableReplicas\": %d"
            .formatted(updated, all, available);
    assertThat(Rollout.of(deployment(observed, status), 0)).isEqualTo(new Rollout(message, done));
  }

  @Test
  void aDeploymentThatTookTooLongHasFailed() {
    View late =
        deployment(
            2,
            "\"conditions\": [{\"type\": \"Progressing\", \"reason\": \"ProgressDeadlineExceeded\"}]");
    assertThatThrownBy(() -> Rollout.of(late, 0))
        .hasMessage("deployment \"web\" exceeded its progress deadline");
  }

  @Test
  void anotherRevisionThanTheOneWaitedForIsAnError() {
    assertThatThrownBy(() -> Rollout.of(deployment(2, "\"replicas\": 3"), 3))
        .hasMessage("desired revision (3) is different from the running revision (4)");
  }
}

package dev.tiphys.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.apiserver.TestApi.Answer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Flow schemas and priority levels, seen from outside. */
@ExtendWith(SharedApi.class)
class FairnessTest {

  private static final String FLOWS = "/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas";
  private static final String LEVELS =
      "/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations";

  @Test
  void answersTellWhichSchemaAndLevelTheyWereSortedBy(TestApi api) {
    String schema = api.admin().get(FLOWS + "/exempt").at("metadata.uid");
    String level = api.admin().get(LEVELS + "/exempt").at("metadata.uid");

    Awaitility.await()
        .untilAsserted(() -> {
          Answer answer = api.admin().get("/api/v1/namespaces");
          assertThat(answer.header("X-Kubernetes-PF-FlowSchema-UID")).isEqualTo(schema);
          assertThat(answer.header("X-Kubernetes-PF-PriorityLevel-UID")).isEqualTo(level);
        });
  }

  @Test
  void aSchemaOfAUsersOwnCountsSoonAndSaysWhetherItsLevelExists(TestApi api) {
    String created =
        api.admin()
            .post(
                FLOWS,
                """
                {"apiVersion":"flowcontrol.apiserver.k8s.io/v1","kind":"FlowSchema",
                 "metadata":{"name":"of-joe"},
                 "spec":{"matchingPrecedence":5,"priorityLevelConfiguration":{"name":"of-joe"},
                  "rules":[{"subjects":[{"kind":"User","user":{"name":"joe"}}],
                    "nonResourceRules":[{"verbs":["*"],"nonResourceURLs":["*"]}]}]}}
                """)
            .at("metadata.uid");
    Awaitility.await()
        .until(() ->
            api.admin().get(FLOWS + "/of-joe").at("status.conditions.0.status").equals("True"));

    api.admin()
        .post(
            LEVELS,
            """
            {"apiVersion":"flowcontrol.apiserver.k8s.io/v1","kind":"PriorityLevelConfiguration",
             "metadata":{"name":"of-joe"},
             "spec":{"type":"Limited","limited":{"limitResponse":{"type":"Reject"}}}}
            """);

    Awaitility.await()
        .untilAsserted(() -> {
          assertThat(api.as("joe-token").get("/version").header("X-Kubernetes-PF-FlowSchema-UID"))
              .isEqualTo(created);
          assertThat(api.admin().get(FLOWS + "/of-joe").at("status.conditions.0.reason"))
              .isEqualTo("Found");
        });
    assertThat(api.admin().get("/metrics").body())
        .contains(
            "apiserver_flowcontrol_dispatched_requests_total{flow_schema=\"of-joe\",priority_level=\"of-joe\"}");
    api.admin().delete(FLOWS + "/of-joe", "");
    api.admin().delete(LEVELS + "/of-joe", "");
  }

  @Test
  void whatNoClusterMayLackCannotBeChanged(TestApi api) {
    Answer refused =
        api.admin()
            .patch(
                FLOWS + "/catch-all", "merge-patch+json", "{\"spec\":{\"matchingPrecedence\":9}}");

    assertThat(refused.code()).isEqualTo(422);
    assertThat(refused.at("message")).contains("spec of 'catch-all' must equal the fixed value");
  }
}

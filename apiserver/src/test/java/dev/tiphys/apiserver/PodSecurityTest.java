package dev.tiphys.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.apiserver.TestApi.Answer;
import java.nio.file.Files;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a namespace's labels ask of its pods, by all three modes. */
@ExtendWith(SharedApi.class)
class PodSecurityTest {

  private static final String PRIVILEGED =
      "{\"containers\":[{\"name\":\"c\",\"image\":\"i\",\"securityContext\":{\"privileged\":true}}]}";
  private static final String FAULT =
      "PodSecurity \"baseline:latest\": privileged (container \"c\" must not set"
          + " securityContext.privileged=true)";

  private static String namespace(TestApi api, String name, String mode) {
    api.admin()
        .post(
            "/api/v1/namespaces",
            "{\"metadata\":{\"name\":\"%s\",\"labels\":{\"pod-security.kubernetes.io/%s\":\"baseline\"}}}"
                .formatted(name, mode));
    api.admin()
        .post(
            "/api/v1/namespaces/" + name + "/serviceaccounts",
            "{\"metadata\":{\"name\":\"default\"}}");
    return "/api/v1/namespaces/" + name;
  }

  private static Answer pod(TestApi api, String namespace) {
    return api.admin()
        .post(namespace + "/pods", "{\"metadata\":{\"name\":\"p\"},\"spec\":" + PRIVILEGED + "}");
  }

  @Test
  void whatIsEnforcedIsRefused(TestApi api) {
    Answer refused = pod(api, namespace(api, "ps-enforce", "enforce"));

    assertThat(refused.code()).isEqualTo(403);
    assertThat(refused.at("message")).isEqualTo("pods \"p\" is forbidden: violates " + FAULT);
    assertThat(refused.header("Warning")).isEmpty();
  }

  @Test
  void whatIsWarnedOfIsLetIn(TestApi api) {
    String namespace = namespace(api, "ps-warn", "warn");
    Answer made = pod(api, namespace);
    assertThat(made.code()).isEqualTo(201);
    assertThat(made.header("Warning")).contains("would violate PodSecurity");

    Answer template =
        api.admin()
            .post(
                namespace.replace("/api/v1", "/apis/apps/v1") + "/deployments",
                """
                {"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"a":"b"}},
                 "template":{"metadata":{"labels":{"a":"b"}},"spec":%s}}}
                """
                    .formatted(PRIVILEGED));
    assertThat(template.code()).isEqualTo(201);
    assertThat(template.header("Warning")).contains("would violate PodSecurity");
  }

  @Test
  void whatIsAuditedIsNotedInTheEvent(TestApi api) {
    api.admin()
        .patch(
            namespace(api, "audited", "audit"),
            "merge-patch+json",
            "{\"metadata\":{\"labels\":{\"pod-security.kubernetes.io/audit\":\"baseline\"}}}");
    String audited = "/api/v1/namespaces/audited";
    Answer made =
        api.admin()
            .post(
                audited + "/pods",
                "{\"metadata\":{\"name\":\"ps-audited\"},\"spec\":" + PRIVILEGED + "}");
    assertThat(made.code()).as(made.body()).isEqualTo(201);

    Awaitility.await()
        .untilAsserted(() -> {
          List<String> events = Files.readAllLines(api.folder().resolve(SharedApi.AUDIT_LOG));
          assertThat(events)
              .anyMatch(event ->
                  event.contains("ps-audited")
                      && event.contains("pod-security.kubernetes.io/audit-violations")
                      && event.contains(
                          "\"pod-security.kubernetes.io/enforce-policy\":\"privileged:latest\""));
        });
    api.admin().delete(audited + "/pods/ps-audited", "{\"gracePeriodSeconds\":0}");
  }

  @Test
  void aNamespaceThatBecomesStricterTellsOfItsPods(TestApi api) {
    String namespace = namespace(api, "ps-stricter", "warn");
    assertThat(pod(api, namespace).code()).isEqualTo(201);

    Answer changed =
        api.admin()
            .patch(
                namespace,
                "merge-patch+json",
                "{\"metadata\":{\"labels\":{\"pod-security.kubernetes.io/enforce\":\"baseline\"}}}");

    assertThat(changed.response().headers().allValues("Warning"))
        .containsExactly(
            "299 - \"existing pods in namespace \\\"ps-stricter\\\" violate the new PodSecurity"
                + " enforce level \\\"baseline:latest\\\"\"",
            "299 - \"p: privileged\"");
  }

  @Test
  void aLevelThatThereIsNotIsRefused(TestApi api) {
    Answer refused =
        api.admin()
            .post(
                "/api/v1/namespaces",
                "{\"metadata\":{\"name\":\"ps-bad\",\"labels\":{\"pod-security.kubernetes.io/enforce\":\"bad\"}}}");

    assertThat(refused.code()).isEqualTo(422);
    assertThat(refused.at("message"))
        .isEqualTo(
            "Namespace \"ps-bad\" is invalid:"
                + " metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: \"bad\":"
                + " must be one of privileged, baseline, restricted");
  }
}

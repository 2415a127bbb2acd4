package dev.tiphys.apiserver.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.request.Query;
import dev.tiphys.apiserver.request.RequestInfo;
import dev.tiphys.daemon.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuditPolicyTest {

  private static final User JOE = User.of("joe", List.of("devs"));

  @TempDir private Path folder;

  private AuditPolicy policy(String rules) throws IOException {
    return AuditPolicy.read(
        Files.writeString(
            folder.resolve("policy.yaml"), "apiVersion: audit.k8s.io/v1\nkind: Policy\n" + rules));
  }

  private static Level level(AuditPolicy policy, String method, String path) {
    return policy.decide(JOE, RequestInfo.of(method, path, Query.EMPTY)).level();
  }

  @ParameterizedTest
  @CsvSource({
    "GET,    /api/v1/namespaces/a/pods,           METADATA",
    "GET,    /api/v1/namespaces/a/pods/p/status,  REQUEST",
    "GET,    /api/v1/namespaces/a/pods/p/log,     REQUEST_RESPONSE",
    "GET,    /api/v1/namespaces/a/pods/p/exec,    REQUEST_RESPONSE",
    "GET,    /api/v1/namespaces/a/configmaps/one, REQUEST",
    "GET,    /api/v1/namespaces/a/configmaps/two, NONE",
    "GET,    /apis/apps/v1/deployments,           METADATA",
    "GET,    /healthz/ping,                       REQUEST",
    "GET,    /version,                            NONE",
    "POST,   /api/v1/namespaces/a/pods,           NONE",
  })
  void theFirstRuleThatMatchesDecides(String method, String path, Level expected)
      throws IOException {
    AuditPolicy policy =
        policy(
            """
            rules:
            - {level: None, verbs: [create]}
            - {level: None, users: [somebody]}
            - {level: None, userGroups: [ops]}
            - level: Request
              resources: [{group: "", resources: ["*/status"]}]
            - level: RequestResponse
              resources: [{group: "", resources: [pods/log, pods/exec]}]
            - level: Metadata
              namespaces: [a]
              resources: [{group: "", resources: [pods]}]
            - level: Request
              resources: [{group: "", resources: [configmaps], resourceNames: [one]}]
            - level: Metadata
              resources: [{group: apps}]
            - {level: Request, nonResourceURLs: ["/healthz*"]}
            """);

    assertThat(level(policy, method, path)).isEqualTo(expected);
  }

  @Test
  void stagesAndManagedFieldsAreOmittedByPolicyOrRule() throws IOException {
    AuditPolicy policy =
        policy(
            """
            omitStages: [RequestReceived]
            omitManagedFields: true
            rules:
            - {level: Request, verbs: [get], omitStages: [Panic], omitManagedFields: false}
            - {level: Request}
            """);

    AuditPolicy.Decision get = policy.decide(JOE, RequestInfo.of("GET", "/a", Query.EMPTY));
    AuditPolicy.Decision post = policy.decide(JOE, RequestInfo.of("POST", "/a", Query.EMPTY));

    assertThat(get.omitted()).containsExactlyInAnyOrder(Stage.REQUEST_RECEIVED, Stage.PANIC);
    assertThat(get.omitManagedFields()).isFalse();
    assertThat(post.omitted()).containsExactly(Stage.REQUEST_RECEIVED);
    assertThat(post.omitManagedFields()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rules: []",
        "rules: [{level: All}]",
        "rules: [{level: None, omitStages: [Late]}]",
        "rules: [{level: None, nonResourceURLs: [healthz]}]",
        "rules: [{level: None, nonResourceURLs: [\"/a*/b\"]}]",
        "rules: [{level: None, nonResourceURLs: [/a], namespaces: [b]}]",
        "rules: [{level: None, user: [joe]}]",
      })
  void whatIsNoPolicyIsRefusedAtStart(String rules) {
    assertThatThrownBy(() -> policy(rules))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("--audit-policy-file");
  }
}

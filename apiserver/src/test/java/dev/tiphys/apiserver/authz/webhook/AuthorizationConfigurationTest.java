package dev.tiphys.apiserver.authz.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.authz.Attributes;
import dev.tiphys.apiserver.cel.SchemaCel;
import dev.tiphys.apiserver.configfile.ConfigFileException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a file of {@code --authorization-config} may say, and what is said of it otherwise. */
class AuthorizationConfigurationTest {

  private static final SchemaCel CEL = new SchemaCel();

  private static AuthorizationConfiguration read(String authorizers) throws ConfigFileException {
    return AuthorizationConfiguration.read(
        ("apiVersion: apiserver.config.k8s.io/v1\nkind: AuthorizationConfiguration\nauthorizers: "
                + authorizers)
            .getBytes(StandardCharsets.UTF_8),
        CEL);
  }

  @Test
  void authorizersAreInOrder() throws Exception {
    assertThat(read("[{type: Node, name: nodes}, {type: RBAC, name: roles}]").authorizers())
        .extracting(AuthorizationConfiguration.Entry::type)
        .containsExactly("Node", "RBAC");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]|authorizers: Required value: at least one authorization mode must be defined",
        "[{name: a}]|authorizers[0].type: Required value",
        "[{type: Foo, name: a}]|authorizers[0].type: Unsupported value: \"Foo\": supported values:",
        "[{type: RBAC}]|authorizers[0].name: Required value",
        "[{type: RBAC, name: A}]|authorizer name is invalid",
        "[{type: RBAC, name: a}, {type: RBAC, name: b}]|authorizers[1].type: Duplicate value: \"RBAC\"",
        "[{type: RBAC, name: a}, {type: Node, name: a}]|authorizers[1].name: Duplicate value: \"a\"",
        "[{type: RBAC, name: a, webhook: {}}]|may only be specified when type=Webhook",
        "[{type: Webhook, name: a}]|authorizers[0].webhook: Required value: required when type=Webhook",
        "[{type: Webhook, name: a, webhook: {}}]|authorizers[0].timeout: Required value",
        "[{type: Webhook, name: a, webhook: {timeout: 31s}}]|must be > 0s and <= 30s",
        "[{type: Webhook, name: a, webhook: {failurePolicy: Open}}]|failurePolicy: Unsupported value",
        "[{type: Webhook, name: a, webhook: {connectionInfo: {type: KubeConfigFile, kubeConfigFile: x}}}]|must be an absolute path",
        "[{type: Webhook, name: a, webhook: {matchConditions: [{expression: 'request.verb'}]}}]|undefined field 'verb'",
        "[{type: Webhook, name: a, webhook: {matchConditions: [{expression: 'true'}]}}]|required if match conditions are specified",
        "[{type: Webhook, name: a, webhook: {timeouts: 3s}}]|unknown field \"authorizers[0].webhook.timeouts\"",
      })
  void whatIsWrongIsToldByField(String authorizers, String message) {
    assertThatThrownBy(() -> read(authorizers))
        .isInstanceOf(ConfigFileException.class)
        .hasMessageContaining(message);
  }

  @Test
  void conditionsSeeAllTextsAlsoEmptyOnes() throws Exception {
    JsonTree.Obj spec =
        ReviewTrees.spec(
            Attributes.resource(User.of("u", List.of()), "list", "", "nodes", "", "", ""), true);

    assertThat(
            CEL.accessReview()
                .condition(
                    "request.resourceAttributes.namespace == '' && request.groups.size() == 0"
                        + " && !has(request.nonResourceAttributes)")
                .evaluate(spec))
        .isEqualTo(new JsonTree.Bool(true));
  }

  @Test
  void theOldVersionCallsGroupsByAnotherName() {
    Attributes request =
        Attributes.resource(User.of("u", List.of("g")), "list", "", "nodes", "", "", "");

    assertThat(ReviewTrees.review(request, "v1beta1").toJson())
        .contains("\"group\":[\"g\"]")
        .contains("authorization.k8s.io/v1beta1");
    assertThat(ReviewTrees.review(request, "v1").toJson()).contains("\"groups\":[\"g\"]");
  }
}

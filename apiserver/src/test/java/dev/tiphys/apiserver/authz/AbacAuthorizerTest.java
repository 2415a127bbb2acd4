package dev.tiphys.apiserver.authz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.apiserver.authn.User;
import dev.tiphys.daemon.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lines of {@code --authorization-policy-file} allow. */
class AbacAuthorizerTest {

  @TempDir Path folder;

  private AbacAuthorizer policies(String... lines) throws IOException {
    return AbacAuthorizer.read(
        Files.writeString(folder.resolve("abac.jsonl"), String.join("\n", lines)));
  }

  private static String policy(String spec) {
    return "{\"apiVersion\":\"abac.authorization.kubernetes.io/v1beta1\",\"kind\":\"Policy\",\"spec\":{"
        + spec
        + "}}";
  }

  private static Attributes pods(String user, String verb, String namespace) {
    return Attributes.resource(User.of(user, List.of("devs")), verb, "", "pods", "", namespace, "");
  }

  @Test
  void aLineAllowsWhatItNames() throws Exception {
    AbacAuthorizer abac =
        policies(
            "# who may what",
            policy(
                "\"user\":\"jane\",\"namespace\":\"a\",\"resource\":\"pods\",\"apiGroup\":\"\",\"readonly\":true"),
            policy("\"group\":\"devs\",\"nonResourcePath\":\"/healthz*\""));

    assertThat(abac.decide(pods("jane", "get", "a")).allowed()).isTrue();
    assertThat(abac.decide(pods("jane", "create", "a")).allowed()).isFalse();
    assertThat(abac.decide(pods("jane", "get", "b")).reason()).isEqualTo("No policy matched.");
    assertThat(abac.decide(pods("joe", "get", "a")).allowed()).isFalse();
    Attributes path =
        new Attributes(
            User.of("joe", List.of("devs")), "get", false, "/healthz/etcd", "", "", "", "", "", "");
    assertThat(abac.decide(path).allowed()).isTrue();
    assertThat(abac.rulesFor(User.of("jane", List.of()), "a"))
        .singleElement()
        .satisfies(rule -> assertThat(rule.verbs()).containsExactly("get", "list", "watch"));
  }

  @Test
  void aLineOfBeforeThereWereVersionsLeavesOutWhatDoesNotMatter() throws Exception {
    AbacAuthorizer abac =
        policies("{\"user\":\"root\"}", "{\"readonly\":true,\"namespace\":\"a\"}");

    assertThat(abac.decide(pods("root", "delete", "z")).allowed()).isTrue();
    Attributes known =
        Attributes.resource(
            User.of("x", List.of(User.AUTHENTICATED)), "list", "", "pods", "", "a", "");
    assertThat(abac.decide(known).allowed()).isTrue();
  }

  @Test
  void aLineThatIsNoPolicyIsNamed() {
    assertThatThrownBy(() -> policies(policy("\"user\":\"jane\""), "{\"kind\":\"Role\"}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("line 2");
  }
}

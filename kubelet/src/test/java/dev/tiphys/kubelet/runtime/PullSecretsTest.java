package dev.tiphys.kubelet.runtime;

import static dev.tiphys.kubelet.runtime.TestPods.aPod;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.core.v1.ConfigMap;
import dev.tiphys.api.core.v1.LocalObjectReference;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.Secret;
import dev.tiphys.api.value.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PullSecretsTest {
  @Test
  void readsDockerConfigurations() {
    assertThat(
            PullSecrets.read(
                aSecret(
                    "kubernetes.io/dockerconfigjson",
                    ".dockerconfigjson",
                    """
                    {"auths":{"https://index.docker.io/v1/":{"auth":"bWU6c2U6Y3JldA=="},
                              "registry.example:5000":{"username":"you","password":"open"}}}
                    """)))
        .contains(
            List.of(
                new RegistryCredentials("docker.io", "me", "se:cret"),
                new RegistryCredentials("registry.example:5000", "you", "open")));
    assertThat(
            PullSecrets.read(
                aSecret("kubernetes.io/dockercfg", ".dockercfg", "{\"a.b\":{\"username\":\"u\"}}")))
        .contains(List.of(new RegistryCredentials("a.b", "u", "")));
  }

  @Test
  void tellsWhichSecretsCannotBeRead() {
    List<String> events = new ArrayList<>();
    ContainerEnvironment.Sources sources =
        new ContainerEnvironment.Sources() {
          @Override
          public Optional<ConfigMap> configMap(String name) {
            return Optional.empty();
          }

          @Override
          public Optional<Secret> secret(String name) {
            return name.equals("broken")
                ? Optional.of(aSecret("kubernetes.io/dockercfg", ".dockercfg", "{"))
                : Optional.empty();
          }
        };
    PodSpec spec =
        PodSpec.builder()
            .imagePullSecrets(
                List.of(
                    LocalObjectReference.builder().name("broken").build(),
                    LocalObjectReference.builder().name("absent").build()))
            .build();

    assertThat(
            PullSecrets.of(
                aPod("web", spec), sources, (type, reason, message) -> events.add(message)))
        .isEmpty();
    assertThat(events)
        .containsExactly(
            "Unable to retrieve some image pull secrets (broken, absent);"
                + " attempting to pull the image may not succeed.");
  }

  @Test
  void neverShowsAPassword() {
    assertThat(new RegistryCredentials("a.b", "u", "secret").toString()).doesNotContain("secret");
  }

  private static Secret aSecret(String type, String key, String json) {
    return Secret.builder()
        .type(type)
        .data(Map.of(key, Bytes.copyOf(json.getBytes(UTF_8))))
        .build();
  }
}

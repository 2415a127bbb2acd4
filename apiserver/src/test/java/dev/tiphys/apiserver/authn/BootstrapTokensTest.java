package dev.tiphys.apiserver.authn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.core.v1.Secret;
import dev.tiphys.api.value.Bytes;
import dev.tiphys.apiserver.strategy.ClusterView;
import dev.tiphys.apiserver.strategy.FewObjects;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A cluster with the bootstrap token {@code abcdef.0123456789abcdef}. */
class BootstrapTokensTest {

  private static final String TOKEN = "abcdef.0123456789abcdef";

  private final Map<String, String> data =
      new HashMap<>(
          Map.of(
              "token-id", "abcdef",
              "token-secret", "0123456789abcdef",
              "usage-bootstrap-authentication", "true",
              "expiration", "2026-02-01T00:00:00Z"));

  private final ClusterView view = new FewObjects(this::secret);

  private @Nullable Secret secret(String namespace, String name) {
    if (!namespace.equals("kube-system") || !name.equals("bootstrap-token-abcdef")) {
      return null;
    }
    Map<String, Bytes> values = new HashMap<>();
    data.forEach(
        (key, value) -> values.put(key, Bytes.copyOf(value.getBytes(StandardCharsets.UTF_8))));
    return Secret.builder().type("bootstrap.kubernetes.io/token").data(values).build();
  }

  private @Nullable User user(String token) {
    Verified verified =
        new BootstrapTokens(view, () -> Instant.parse("2026-01-01T00:00:00Z"))
            .verify(token, List.of());
    return verified == null ? null : verified.user();
  }

  @Test
  void itMakesABootstrapper() {
    data.put("auth-extra-groups", "system:bootstrappers:kubeadm:default-node-token");

    assertThat(user(TOKEN))
        .isEqualTo(
            User.of(
                "system:bootstrap:abcdef",
                List.of(
                    "system:bootstrappers", "system:bootstrappers:kubeadm:default-node-token")));
  }

  @ParameterizedTest
  @CsvSource({
    "token-secret,0123456789abcdeg",
    "token-id,abcdeg",
    "usage-bootstrap-authentication,false",
    "expiration,2025-12-31T00:00:00Z",
    "expiration,soon",
    "auth-extra-groups,system:masters",
  })
  void itMustBeWhatItSays(String key, String value) {
    data.put(key, value);

    assertThat(user(TOKEN)).isNull();
    assertThat(user("abcdef.0123")).isNull();
  }
}

package dev.tiphys.apiserver.authn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.apiserver.authn.ServiceAccountTokens.Bound;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ServiceAccountTokensTest {

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final Map<String, String> uids = new HashMap<>(Map.of("sa", "1", "Pod/p", "2"));

  private KeyPair pair(String algorithm) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(algorithm.equals("EC") ? 256 : 2048);
    return generator.generateKeyPair();
  }

  private ServiceAccountTokens tokens(KeyPair pair, String issuer) {
    return new ServiceAccountTokens(
        issuer,
        List.of(pair.getPublic()),
        pair.getPrivate(),
        List.of("api"),
        new ServiceAccountTokens.Objects() {
          @Override
          public @Nullable String serviceAccountUid(String namespace, String name) {
            return uids.get(name);
          }

          @Override
          public @Nullable String boundUid(String kind, String namespace, String name) {
            return uids.get(kind + "/" + name);
          }
        },
        () -> now,
        UUID::randomUUID);
  }

  private static String issue(ServiceAccountTokens tokens, List<Bound> bound)
      throws GeneralSecurityException {
    return tokens.issue("ns", "sa", "1", bound, List.of("api"), Duration.ofHours(1)).token();
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC"})
  void whatIsIssuedIsVerifiedUntilItExpires(String algorithm) throws Exception {
    ServiceAccountTokens tokens = tokens(pair(algorithm), "i");
    String token = issue(tokens, List.of());
    var verified = Objects.requireNonNull(tokens.verify(token, List.of()));
    assertThat(verified.user().name()).isEqualTo("system:serviceaccount:ns:sa");
    assertThat(verified.user().groups())
        .containsExactly("system:serviceaccounts", "system:serviceaccounts:ns");
    now = now.plus(Duration.ofMinutes(59));
    assertThat(tokens.verify(token, List.of())).isNotNull();
    now = now.plus(Duration.ofMinutes(2));
    assertThat(tokens.verify(token, List.of())).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC"})
  void foreignKeysIssuersAndAudiencesAreRefused(String algorithm) throws Exception {
    KeyPair ours = pair(algorithm);
    ServiceAccountTokens tokens = tokens(ours, "i");
    assertThat(tokens.verify(issue(tokens(pair(algorithm), "i"), List.of()), List.of())).isNull();
    assertThat(tokens.verify(issue(tokens(ours, "other"), List.of()), List.of())).isNull();
    assertThat(tokens.verify(issue(tokens, List.of()), List.of("vault"))).isNull();
    String token = issue(tokens, List.of());
    assertThat(tokens.verify(token.substring(0, token.length() - 4) + "AAAA", List.of())).isNull();
    assertThat(tokens.verify("not.a.token", List.of())).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"EC"})
  void aTokenDiesWithWhatItIsBoundTo(String algorithm) throws Exception {
    ServiceAccountTokens tokens = tokens(pair(algorithm), "i");
    String token = issue(tokens, List.of(new Bound("Pod", "p", "2")));
    var verified = Objects.requireNonNull(tokens.verify(token, List.of()));
    assertThat(verified.user().extra())
        .containsEntry("authentication.kubernetes.io/pod-name", List.of("p"));
    uids.put("Pod/p", "3");
    assertThat(tokens.verify(token, List.of())).isNull();
    String free = issue(tokens, List.of());
    uids.remove("sa");
    assertThat(tokens.verify(free, List.of())).isNull();
  }
}

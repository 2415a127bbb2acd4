package dev.tiphys.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.apiserver.authn.AnonymousAccess;
import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.authn.Verified;
import dev.tiphys.apiserver.authn.oidc.IssuedTokens;
import dev.tiphys.apiserver.authn.oidc.OidcFlags;
import dev.tiphys.apiserver.cel.SchemaCel;
import dev.tiphys.apiserver.http.TestCertificates;
import dev.tiphys.apiserver.outbound.ConnectionPool;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens of an issuer that serves its keys over HTTPS beside the test. */
@NullUnmarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IssuedTokensTest {

  private static final SchemaCel CEL = new SchemaCel();

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private Path folder;
  private TestHook server;
  private ConnectionPool pool;
  private String url;
  private volatile TestIssuer issuer;
  private volatile int asked;

  @BeforeAll
  void serve(@TempDir Path made) throws Exception {
    folder = made;
    TestCertificates.in(made);
    server = TestHook.start(made);
    pool = new ConnectionPool(System::nanoTime);
    url = "https://127.0.0.1:" + server.port();
    server.serves(exchange -> {
      asked++;
      return switch (exchange.getRequestURI().getPath()) {
        case "/.well-known/openid-configuration", "/elsewhere" ->
            TestIssuer.discovery(url, url + "/keys");
        case "/keys" -> issuer.keys();
        default -> "";
      };
    });
  }

  @AfterAll
  void stop() throws Exception {
    pool.close();
    server.close();
  }

  private IssuedTokens none() {
    return new IssuedTokens(CEL, Set.of("https://own.test"), pool, () -> now);
  }

  private OidcFlags flags(String prefix, String algorithm) {
    return new OidcFlags(
        url,
        "cluster",
        folder.resolve("ca.crt"),
        "sub",
        prefix,
        "groups",
        "oidc:",
        Map.of("tenant", "one"),
        List.of(algorithm));
  }

  private String claims(String more) {
    return "{\"iss\":\"%s\",\"aud\":\"cluster\",\"exp\":%d,\"sub\":\"jane\"%s}"
        .formatted(url, now.plusSeconds(600).getEpochSecond(), more);
  }

  private static User user(IssuedTokens tokens, String token) throws Exception {
    Verified verified = tokens.verify(token, List.of());
    return Objects.requireNonNull(verified).user();
  }

  /** A configuration with one issuer. */
  private IssuedTokens configured(String more) throws Exception {
    IssuedTokens tokens = none();
    tokens.configure(configuration(more).getBytes(StandardCharsets.UTF_8));
    return tokens;
  }

  private String configuration(String more) throws Exception {
    return """
    apiVersion: apiserver.config.k8s.io/v1
    kind: AuthenticationConfiguration
    jwt:
    - issuer:
        url: %s
        audiences: [cluster, other]
        audienceMatchPolicy: MatchAny
        certificateAuthority: |
    %s
    %s
    """
        .formatted(
            url,
            Files.readString(folder.resolve("ca.crt")).strip().indent(6).stripTrailing(),
            more.stripTrailing().indent(2));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512"})
  void everyAlgorithmThatIsAllowedIsVerified(String algorithm) throws Exception {
    issuer = new TestIssuer(algorithm, "k");
    IssuedTokens tokens = none();
    tokens.configure(flags("", algorithm));
    String token = issuer.token(claims(",\"groups\":[\"a\",\"b\"],\"tenant\":\"one\""));

    User user = user(tokens, token);

    assertThat(user.name()).isEqualTo(url + "#jane");
    assertThat(user.groups()).containsExactly("oidc:a", "oidc:b");
    IssuedTokens strict = none();
    strict.configure(flags("", algorithm.equals("RS256") ? "ES256" : "RS256"));
    assertThatThrownBy(() -> strict.verify(token, List.of()))
        .hasMessageContaining("id token signed with unsupported algorithm");
    String forged = new TestIssuer(algorithm, "k").token(claims(",\"tenant\":\"one\""));
    assertThatThrownBy(() -> tokens.verify(forged, List.of()))
        .hasMessageContaining("failed to verify signature");
  }

  @Test
  void whatATokenClaimsMustFit() throws Exception {
    issuer = new TestIssuer("RS256", "k");
    IssuedTokens tokens = none();
    tokens.configure(flags("-", "RS256"));

    assertThat(user(tokens, issuer.token(claims(",\"tenant\":\"one\""))).name()).isEqualTo("jane");
    refused(tokens, claims(""), "oidc: required claim tenant not present in ID token");
    refused(
        tokens,
        claims(",\"tenant\":\"two\""),
        "oidc: required claim tenant value does not match. Got = two, want = one");
    refused(
        tokens,
        claims(",\"tenant\":\"one\"").replace("cluster", "shop"),
        "oidc: verify token: oidc: expected audience in [\"cluster\"] got [\"shop\"]");
    refused(
        tokens,
        claims("").replaceFirst("\"exp\":\\d+", "\"exp\":1"),
        "oidc: verify token: oidc: token is expired (Token Expiry: 1970-01-01T00:00:01Z)");
    assertThat(tokens.verify(issuer.token("{\"iss\":\"https://x\"}"), List.of())).isNull();
    assertThat(tokens.verify("no.token", List.of())).isNull();
  }

  private void refused(IssuedTokens tokens, String claims, String message) {
    assertThatThrownBy(() -> tokens.verify(issuer.token(claims), List.of())).hasMessage(message);
  }

  @Test
  void keysAreReadAgainWhenTheyChangeAndNotForEveryWrongToken() throws Exception {
    issuer = new TestIssuer("ES256", "old");
    IssuedTokens tokens = none();
    tokens.configure(flags("-", "ES256"));
    user(tokens, issuer.token(claims(",\"tenant\":\"one\",\"n\":1")));
    TestIssuer next = new TestIssuer("ES256", "new");
    String token = next.token(claims(",\"tenant\":\"one\",\"n\":2"));
    issuer = next;
    int before = asked;
    for (int i = 0; i < 10; i++) {
      assertThatThrownBy(() -> tokens.verify(token, List.of())).hasMessageContaining("signature");
    }
    assertThat(asked).isEqualTo(before);

    now = now.plus(Duration.ofSeconds(6));

    assertThat(user(tokens, token).name()).isEqualTo("jane");
    assertThat(asked).isEqualTo(before + 1);
  }

  @Test
  void expressionsMakeTheUserOfTheClaims() throws Exception {
    issuer = new TestIssuer("PS256", "k");
    IssuedTokens tokens =
        configured(
            """
              discoveryURL: %s/elsewhere
            claimMappings:
              username: {expression: "claims.email + ':' + claims.sub"}
              groups: {expression: "claims.roles.split(',')"}
              uid: {claim: sub}
              extra:
              - {key: example.org/tenant, valueExpression: "claims.tenant"}
              - {key: example.org/none, valueExpression: "''"}
            claimValidationRules:
            - {claim: hd, requiredValue: example.org}
            - {expression: "claims.email_verified == true", message: verify your mail}
            userValidationRules:
            - {expression: "!user.username.startsWith('system:')", message: reserved}
            - {expression: "user.groups.all(g, g != 'system:masters')"}
            """
                .formatted(url));
    String good =
        claims(
            ",\"email\":\"j@x\",\"email_verified\":true,\"roles\":\"a,b\",\"tenant\":[\"t\"],\"hd\":\"example.org\"");

    User user = user(tokens, issuer.token(good));

    assertThat(user)
        .isEqualTo(
            new User(
                "j@x:jane", "jane", List.of("a", "b"), Map.of("example.org/tenant", List.of("t"))));
    refused(
        tokens,
        good.replace("true", "false"),
        "oidc: error evaluating claim validation expression: validation expression"
            + " 'claims.email_verified == true' failed: verify your mail");
    refused(
        tokens,
        good.replace("j@x", "system:x"),
        "oidc: error evaluating user info validation rule: validation expression"
            + " '!user.username.startsWith('system:')' failed: reserved");
    assertThatThrownBy(() -> tokens.verify(issuer.token(claims("")), List.of()))
        .hasMessageStartingWith("oidc: error evaluating username claim expression: ");
  }

  @Test
  void aConfigurationThatIsWrongChangesNothing() throws Exception {
    issuer = new TestIssuer("RS256", "k");
    IssuedTokens tokens = configured("claimMappings: {username: {claim: sub, prefix: 'a:'}}");

    assertThatThrownBy(() -> tokens.configure(configuration("").getBytes(StandardCharsets.UTF_8)))
        .hasMessageContaining(
            "jwt[0].claimMappings.username: Required value: claim or expression is required");

    assertThat(user(tokens, issuer.token(claims(""))).name()).isEqualTo("a:jane");
  }

  @Test
  void anonymousAccessIsPartOfIt() throws Exception {
    IssuedTokens tokens = none();
    assertThat(tokens.anonymous()).isNull();
    tokens.configure(
        """
        apiVersion: apiserver.config.k8s.io/v1
        kind: AuthenticationConfiguration
        anonymous: {enabled: true, conditions: [{path: /livez}, {path: /readyz}]}
        """
            .getBytes(StandardCharsets.UTF_8));
    assertThat(tokens.anonymous())
        .isEqualTo(new AnonymousAccess(true, Set.of("/livez", "/readyz")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "issuer: {url: 'http://x', audiences: [a]}|URL scheme must be https",
        "issuer: {url: 'https://own.test', audiences: [a]}|must not overlap with disallowed issuers",
        "issuer: {url: 'https://x', audiences: [a, b]}|must be MatchAny for multiple audiences",
        "issuer: {url: 'https://x', audiences: []}|at least one jwt[0].issuer.audiences is required",
        "issuer: {url: 'https://x', discoveryURL: 'https://x/', audiences: [a]}|must be different from",
        "claimMappings: {username: {claim: a}}|prefix is required when claim is set",
        "claimMappings: {username: {expression: 'claims.'}}|claimMappings.username.expression",
        "claimMappings: {username: {expression: 'claims.email'}}|claims.email_verified must be used",
        "claimValidationRules: [{expression: 'claims.a + 1'}]|must evaluate to bool",
        "claimMappings: {extra: [{key: a, valueExpression: b}]}|must be a domain-prefixed path",
        "claimMappings: {extra: [{key: x.k8s.io/a, valueExpression: b}]}|are reserved for Kubernetes",
        "userValidationRules: [{expression: 'user.name == \"\"'}]|undefined field 'name'",
        "nonsense: true|unknown field \"jwt[0].nonsense\"",
      })
  void whatIsWrongIsToldByField(String member, String message) {
    String content =
        "apiVersion: apiserver.config.k8s.io/v1beta1\nkind: AuthenticationConfiguration\njwt:\n- "
            + member
            + "\n";
    assertThatThrownBy(() -> none().configure(content.getBytes(StandardCharsets.UTF_8)))
        .hasMessageContaining(message);
  }
}

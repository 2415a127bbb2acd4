package dev.tiphys.apiserver.authn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.apiserver.http.Headers;
import dev.tiphys.apiserver.http.TestCertificates;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.daemon.tls.Pem;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Proxies show certificates of the authority {@code other-ca}, clients of {@code ca}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuthenticatorTest {

  private static final Headers JANE =
      Headers.of(
          "x-remote-user", "jane",
          "X-Remote-Group", "devs",
          "X-Remote-Group", "ops",
          "X-Remote-Uid", "7",
          "X-Remote-Extra-Acme.com%2Fproject", "one");

  private List<X509Certificate> client = List.of();
  private List<X509Certificate> proxy = List.of();
  private Path folder = Path.of("");

  @BeforeAll
  void certificates(@TempDir Path made) throws Exception {
    folder = made;
    TestCertificates certificates = TestCertificates.in(made);
    client = Pem.certificates(certificates.file("client.crt"));
    proxy = Pem.certificates(certificates.file("stranger.crt"));
  }

  private Authenticator behindProxies(String... names) {
    return new Authenticator(List.of(), List.of(), () -> AnonymousAccess.NOWHERE)
        .behindProxies(
            new RequestHeaders(
                folder.resolve("other-ca.crt"),
                List.of(names),
                List.of("X-Remote-User"),
                List.of("X-Remote-Uid"),
                List.of("X-Remote-Group"),
                List.of("X-Remote-Extra-")),
            folder.resolve("ca.crt"),
            InstantSource.system());
  }

  @Test
  void aProxyNamesTheUser() {
    User user = behindProxies().authenticate(new Credentials(proxy, null, JANE), "/");

    assertThat(user)
        .isEqualTo(
            new User(
                "jane",
                "7",
                List.of("devs", "ops", User.AUTHENTICATED),
                Map.of("acme.com/project", List.of("one"))));
  }

  @Test
  void aProxyMustBeOneOfThoseNamed() {
    Credentials shown = new Credentials(proxy, null, JANE);

    assertThat(behindProxies("mallory").authenticate(shown, "/").name()).isEqualTo("jane");
    assertThatThrownBy(() -> behindProxies("front-proxy").authenticate(shown, "/"))
        .isInstanceOf(ApiException.class);
  }

  @Test
  void aClientIsWhoItsCertificateSaysWhateverItsHeaderFieldsSay() {
    User user = behindProxies().authenticate(new Credentials(client, null, JANE), "/");

    assertThat(user.name()).isEqualTo("alice");
  }

  @Test
  void aProxyThatNamesNobodyIsNobody() {
    assertThatThrownBy(
            () -> behindProxies().authenticate(new Credentials(proxy, null, Headers.EMPTY), "/"))
        .isInstanceOf(ApiException.class);
  }

  @Test
  void anybodyIsLetInWhereTheConfigurationSaysSo() {
    Authenticator some =
        new Authenticator(
            List.of(), List.of(), () -> new AnonymousAccess(true, Set.of("/healthz")));
    Credentials nothing = new Credentials(List.of(), null, Headers.EMPTY);

    assertThat(some.authenticate(nothing, "/healthz")).isEqualTo(User.ANONYMOUS);
    assertThatThrownBy(() -> some.authenticate(nothing, "/healthz/etcd"))
        .isInstanceOf(ApiException.class);
  }

  @Test
  void whyNobodyKnowsATokenIsToldTogether() {
    TokenAuthenticator failing =
        (_, _) -> {
          throw new TokenException("broken");
        };
    TokenAuthenticator silent = (_, _) -> null;

    assertThatThrownBy(() -> with(silent).verify("t", List.of()))
        .hasMessage("invalid bearer token");
    assertThatThrownBy(() -> with(silent, failing).verify("t", List.of())).hasMessage("broken");
    assertThatThrownBy(() -> with(failing, failing).verify("t", List.of()))
        .hasMessage("[broken, broken]");
  }

  private static Authenticator with(TokenAuthenticator... tokens) {
    return new Authenticator(List.of(), List.of(tokens), () -> AnonymousAccess.NOWHERE);
  }
}

package dev.tiphys.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.apiserver.authn.AnonymousAccess;
import dev.tiphys.daemon.ConfigException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Flags of authentication, authorization and audit that do not go together. */
class AccessFlagsTest {

  private static Options parsed(String... arguments) {
    Options options = new Options();
    new CommandLine(options).parseArgs(arguments);
    return options;
  }

  private static void refused(Consumer<Options> reader, String arguments, String message) {
    assertThatThrownBy(() -> reader.accept(parsed(arguments.split(" "))))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  @Test
  void oneIssuerIsToldByFlags() {
    AuthenticationConfig config =
        AuthenticationConfig.of(
            parsed(
                "--oidc-issuer-url=https://x",
                "--oidc-client-id=c",
                "--oidc-required-claim=a=b",
                "--oidc-required-claim=c=d",
                "--oidc-signing-algs=ES256,PS512"));

    assertThat(Objects.requireNonNull(config.oidc()).requiredClaims())
        .containsEntry("a", "b")
        .containsEntry("c", "d");
    assertThat(config.oidc().algorithms()).containsExactly("ES256", "PS512");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--oidc-issuer-url=https://x|oidc-issuer-url and oidc-client-id must be specified together",
        "--oidc-groups-claim=g|oidc-issuer-url and oidc-client-id must be specified together",
        "--oidc-issuer-url=https://x --oidc-client-id=c --authentication-config=f|mutually exclusive",
        "--authentication-token-webhook-config-file=f --authentication-token-webhook-version=v2|unsupported webhook authenticator version \"v2\"",
      })
  void whatDoesNotGoTogetherIsRefusedForUsers(String arguments, String message) {
    refused(AuthenticationConfig::of, arguments, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--authorization-mode=Foo|authorization-mode \"Foo\" is not a valid mode",
        "--authorization-mode=RBAC,RBAC|has mode specified more than once",
        "--authorization-mode=ABAC|ABAC's authorization policy file not passed",
        "--authorization-mode=Webhook|Webhook's authorization config file not passed",
        "--authorization-webhook-config-file=f|without mode Webhook",
        "--authorization-policy-file=f|without mode ABAC",
        "--authorization-config=f --authorization-mode=RBAC|can not be specified when",
      })
  void whatDoesNotGoTogetherIsRefusedForPermissions(String arguments, String message) {
    refused(
        options -> AuthorizationConfig.of(options.authorizationModes, options.authorization),
        arguments,
        message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--audit-webhook-mode=never|invalid audit mode never",
        "--audit-log-format=xml|invalid audit log format xml",
        "--audit-log-version=v2|invalid group version",
        "--audit-webhook-batch-max-size=0|invalid audit batch max batch size 0",
      })
  void whatAuditCannotDoIsRefused(String arguments, String message) {
    refused(AuditConfig::of, arguments, message);
  }

  @Test
  void auditNeedsAPolicyAndSomewhereToGo() {
    assertThat(AuditConfig.of(parsed("--audit-webhook-config-file=f"))).isNull();
    assertThat(
            AuthorizationConfig.of(List.of(), parsed("--authorization-config=f").authorization)
                .file())
        .isEqualTo(Path.of("f"));
  }

  @Test
  void nobodyIsAnonymousWhereEverythingIsAllowed() {
    AuthenticationConfig config = AuthenticationConfig.of(parsed("--anonymous-auth"));

    assertThat(config.byFlags(List.of("AlwaysAllow"))).isEqualTo(AnonymousAccess.NOWHERE);
    assertThat(config.byFlags(List.of("RBAC"))).isEqualTo(AnonymousAccess.EVERYWHERE);
    assertThat(AuthenticationConfig.of(parsed("--anonymous-auth=false")).byFlags(List.of("RBAC")))
        .isEqualTo(AnonymousAccess.NOWHERE);
  }
}

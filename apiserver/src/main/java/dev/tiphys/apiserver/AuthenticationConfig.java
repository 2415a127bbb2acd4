package dev.tiphys.apiserver;

import dev.tiphys.apiserver.authn.AnonymousAccess;
import dev.tiphys.apiserver.authn.oidc.OidcFlags;
import dev.tiphys.daemon.ConfigException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How users are known besides by certificates and the server's own tokens.
 *
 * @param anonymous null if no flag says anything
 * @param bootstrapTokens whether nodes may join by them
 * @param file an AuthenticationConfiguration, or null
 * @param oidc one issuer by flags, or null
 * @param webhook that knows tokens, or null
 */
record AuthenticationConfig(
    @Nullable Path tokenFile,
    @Nullable Boolean anonymous,
    boolean bootstrapTokens,
    @Nullable Path file,
    @Nullable OidcFlags oidc,
    @Nullable Webhook webhook) {

  private static final Logger log = LoggerFactory.getLogger(AuthenticationConfig.class);

  /**
   * A webhook that knows tokens.
   *
   * @param kubeconfig tells where it is
   * @param remembered how long its answers are
   */
  record Webhook(Path kubeconfig, String version, Duration remembered) {}

  /**
   * Whether requests without credentials are let on, as far as flags say. As upstream: not where
   * everybody may do everything.
   *
   * @param modes of authorization
   */
  AnonymousAccess byFlags(List<String> modes) {
    if (Boolean.FALSE.equals(anonymous)) {
      return AnonymousAccess.NOWHERE;
    }
    if (modes.contains("AlwaysAllow")) {
      log.warn(
          "event=anonymous-auth-off message=\"AnonymousAuth is not allowed with the AlwaysAllow"
              + " authorizer. You should use a different authorizer\"");
      return AnonymousAccess.NOWHERE;
    }
    return AnonymousAccess.EVERYWHERE;
  }

  static AuthenticationConfig of(Options all) {
    AuthenticationOptions options = all.authentication;
    OidcFlags oidc = oidc(options);
    if (options.config != null && oidc != null) {
      throw ConfigException.flag(
          "--authentication-config",
          "authentication-config file and oidc-* flags are mutually exclusive");
    }
    Path webhook = options.webhook;
    if (webhook != null && !Set.of("v1", "v1beta1").contains(options.webhookVersion)) {
      throw ConfigException.flag(
          "--authentication-token-webhook-version",
          "unsupported webhook authenticator version \""
              + options.webhookVersion
              + "\", supported versions are \"v1\", \"v1beta1\"");
    }
    return new AuthenticationConfig(
        all.tokenFile,
        all.anonymous,
        options.bootstrapTokens,
        options.config,
        oidc,
        webhook == null ? null : new Webhook(webhook, options.webhookVersion, options.webhookTtl));
  }

  private static @Nullable OidcFlags oidc(AuthenticationOptions options) {
    boolean any =
        !options.oidcIssuer.isEmpty()
            || !options.oidcClientId.isEmpty()
            || options.oidcCa != null
            || !options.oidcUsernameClaim.equals("sub")
            || !options.oidcUsernamePrefix.isEmpty()
            || !options.oidcGroupsClaim.isEmpty()
            || !options.oidcGroupsPrefix.isEmpty()
            || !options.oidcRequiredClaims.isEmpty()
            || !options.oidcAlgorithms.isEmpty();
    if (!any) {
      return null;
    }
    if (options.oidcIssuer.isEmpty() || options.oidcClientId.isEmpty()) {
      throw ConfigException.flag(
          "--oidc-issuer-url",
          "oidc-issuer-url and oidc-client-id must be specified together when any oidc-* flags are"
              + " set");
    }
    return new OidcFlags(
        options.oidcIssuer,
        options.oidcClientId,
        options.oidcCa,
        options.oidcUsernameClaim,
        options.oidcUsernamePrefix,
        options.oidcGroupsClaim,
        options.oidcGroupsPrefix,
        options.oidcRequiredClaims,
        options.oidcAlgorithms.isEmpty() ? List.of("RS256") : options.oidcAlgorithms);
  }
}

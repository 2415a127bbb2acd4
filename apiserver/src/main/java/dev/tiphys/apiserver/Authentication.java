package dev.tiphys.apiserver;

import dev.tiphys.apiserver.authn.AnonymousAccess;
import dev.tiphys.apiserver.authn.Authenticator;
import dev.tiphys.apiserver.authn.BootstrapTokens;
import dev.tiphys.apiserver.authn.RememberedTokens;
import dev.tiphys.apiserver.authn.RequestHeaders;
import dev.tiphys.apiserver.authn.ServiceAccountTokens;
import dev.tiphys.apiserver.authn.TokenAuthenticator;
import dev.tiphys.apiserver.authn.TokenFile;
import dev.tiphys.apiserver.authn.WebhookTokens;
import dev.tiphys.apiserver.authn.oidc.IssuedTokens;
import dev.tiphys.apiserver.cel.SchemaCel;
import dev.tiphys.apiserver.configfile.ConfigFileException;
import dev.tiphys.apiserver.configfile.FileWatch;
import dev.tiphys.apiserver.strategy.ClusterView;
import dev.tiphys.daemon.Closers;
import dev.tiphys.daemon.ConfigException;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The ways to know users that the flags name, put together. */
final class Authentication {

  private static final Logger log = LoggerFactory.getLogger(Authentication.class);
  private static final String FILE = "--authentication-config";

  private final Config config;
  private final Remotes remotes;
  private final InstantSource clock;

  Authentication(Config config, Remotes remotes, InstantSource clock) {
    this.config = config;
    this.remotes = remotes;
    this.clock = clock;
  }

  /**
   * The authenticator.
   *
   * @param parts gets what must be closed
   */
  Authenticator start(
      ServiceAccountTokens serviceAccounts,
      ClusterView view,
      SchemaCel cel,
      PrometheusRegistry registry,
      Closers parts) {
    AuthenticationConfig flags = config.authentication();
    List<String> audiences = serviceAccounts.audiences();
    List<TokenAuthenticator> tokens = new ArrayList<>();
    if (flags.tokenFile() != null) {
      tokens.add(TokenAuthenticator.forServer(audiences, TokenFile.read(flags.tokenFile())));
    }
    tokens.add(serviceAccounts);
    if (flags.bootstrapTokens()) {
      tokens.add(TokenAuthenticator.forServer(audiences, new BootstrapTokens(view, clock)));
    }
    String own = config.serviceAccounts().issuer();
    IssuedTokens issued =
        new IssuedTokens(cel, own.isEmpty() ? Set.of() : Set.of(own), remotes.pool(), clock);
    if (flags.oidc() != null) {
      issued.configure(flags.oidc());
    }
    if (flags.file() != null) {
      follow(flags.file(), issued, registry, parts);
    }
    if (flags.oidc() != null || flags.file() != null) {
      tokens.add(TokenAuthenticator.forServer(audiences, issued));
    }
    AuthenticationConfig.Webhook webhook = flags.webhook();
    if (webhook != null) {
      tokens.add(
          new RememberedTokens(
              new WebhookTokens(
                  Remotes.remote(
                      "--authentication-token-webhook-config-file", webhook.kubeconfig()),
                  webhook.version(),
                  audiences,
                  remotes.calls()),
              webhook.remembered(),
              webhook.remembered(),
              clock));
    }
    Authenticator all = new Authenticator(audiences, tokens, anonymous(issued));
    RequestHeaders headers = config.requestHeaders();
    return headers == null ? all : all.behindProxies(headers, config.tls().clientCa(), clock);
  }

  private Supplier<AnonymousAccess> anonymous(IssuedTokens issued) {
    AnonymousAccess otherwise = config.authentication().byFlags(config.authorization().modes());
    return () -> {
      AnonymousAccess configured = issued.anonymous();
      return configured == null ? otherwise : configured;
    };
  }

  private void follow(Path file, IssuedTokens issued, PrometheusRegistry registry, Closers parts) {
    byte[] content = Remotes.content(FILE, file);
    try {
      issued.configure(content);
    } catch (ConfigFileException e) {
      throw new ConfigException(FILE + ": " + file + ": " + e.getMessage(), e);
    }
    if (issued.anonymous() != null && config.authentication().anonymous() != null) {
      throw ConfigException.flag(
          "--anonymous-auth",
          "--anonymous-auth flag cannot be set when anonymous field is configured in authentication"
              + " configuration file");
    }
    ReloadMetrics metrics = new ReloadMetrics("authentication", registry, clock);
    parts.add(
        FileWatch.start(
            file, content, changed -> reload(file, issued, changed, metrics), remotes.threads()));
  }

  private static void reload(
      Path file, IssuedTokens issued, byte[] content, ReloadMetrics metrics) {
    try {
      issued.configure(content);
      metrics.reloaded(true);
      log.info("event=authentication-config-reloaded path={}", file);
    } catch (ConfigFileException e) {
      metrics.reloaded(false);
      log.error("event=authentication-config-refused path={} message=\"{}\"", file, e.getMessage());
    }
  }
}

package dev.tiphys.apiserver;

import dev.tiphys.api.rbac.v1.PolicyRule;
import dev.tiphys.apiserver.authz.AbacAuthorizer;
import dev.tiphys.apiserver.authz.Authorizer;
import dev.tiphys.apiserver.authz.Authorizer.Decision;
import dev.tiphys.apiserver.authz.Authorizer.Verdict;
import dev.tiphys.apiserver.authz.AuthorizerChain;
import dev.tiphys.apiserver.authz.NodeAuthorizer;
import dev.tiphys.apiserver.authz.NodeRelations;
import dev.tiphys.apiserver.authz.RbacAuthorizer;
import dev.tiphys.apiserver.authz.RbacSource;
import dev.tiphys.apiserver.authz.webhook.AuthorizationConfiguration;
import dev.tiphys.apiserver.authz.webhook.ChangingAuthorizer;
import dev.tiphys.apiserver.authz.webhook.WebhookAuthorizer;
import dev.tiphys.apiserver.authz.webhook.WebhookMetrics;
import dev.tiphys.apiserver.authz.webhook.WebhookSettings;
import dev.tiphys.apiserver.bootstrap.DefaultRoles;
import dev.tiphys.apiserver.cel.SchemaCel;
import dev.tiphys.apiserver.configfile.ConfigFileException;
import dev.tiphys.apiserver.configfile.FileWatch;
import dev.tiphys.daemon.Closers;
import dev.tiphys.daemon.ConfigException;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The authorizers that {@code --authorization-mode} or a file names, put together. */
final class Authorization {

  private static final Logger log = LoggerFactory.getLogger(Authorization.class);
  private static final String FILE = "--authorization-config";
  private static final String WEBHOOK = "--authorization-webhook-config-file";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final AuthorizationConfig config;
  private final Remotes remotes;
  private final InstantSource clock;
  private final RbacSource rbac;
  private final List<PolicyRule> nodeRules = DefaultRoles.nodeRules();
  private final NodeRelations relations;
  private final WebhookMetrics metrics;
  private volatile boolean roles;

  Authorization(
      AuthorizationConfig config,
      Remotes remotes,
      InstantSource clock,
      RbacSource rbac,
      NodeRelations relations,
      PrometheusRegistry registry) {
    this.config = config;
    this.remotes = remotes;
    this.clock = clock;
    this.rbac = rbac;
    this.relations = relations;
    this.metrics = new WebhookMetrics(registry);
  }

  /** Whether roles count. */
  boolean byRoles() {
    return roles;
  }

  /**
   * The chain.
   *
   * @param parts gets what must be closed
   */
  AuthorizerChain start(SchemaCel cel, PrometheusRegistry registry, Closers parts) {
    Path file = config.file();
    if (file == null) {
      roles = config.modes().contains("RBAC");
      return new AuthorizerChain(
          config.modes().stream().map(mode -> of(mode, webhook(mode))).toList());
    }
    byte[] content = Remotes.content(FILE, file);
    ChangingAuthorizer changing;
    try {
      changing = new ChangingAuthorizer(chain(content, cel));
    } catch (ConfigFileException e) {
      throw new ConfigException(FILE + ": " + file + ": " + e.getMessage(), e);
    }
    ReloadMetrics reloads = new ReloadMetrics("authorization", registry, clock);
    parts.add(
        FileWatch.start(
            file,
            content,
            changed -> reload(file, changing, changed, cel, reloads),
            remotes.threads()));
    return new AuthorizerChain(List.of(changing));
  }

  private void reload(
      Path file,
      ChangingAuthorizer changing,
      byte[] content,
      SchemaCel cel,
      ReloadMetrics reloads) {
    try {
      changing.change(chain(content, cel));
      reloads.reloaded(true);
      log.info("event=authorization-config-reloaded path={}", file);
    } catch (ConfigFileException | ConfigException e) {
      reloads.reloaded(false);
      log.error("event=authorization-config-refused path={} message=\"{}\"", file, e.getMessage());
    }
  }

  private AuthorizerChain chain(byte[] content, SchemaCel cel) throws ConfigFileException {
    AuthorizationConfiguration read = AuthorizationConfiguration.read(content, cel);
    List<Authorizer> all =
        read.authorizers().stream().map(entry -> of(entry.type(), entry.webhook())).toList();
    roles = read.authorizers().stream().anyMatch(entry -> entry.type().equals("RBAC"));
    return new AuthorizerChain(all);
  }

  private @Nullable WebhookSettings webhook(String mode) {
    AuthorizationConfig.Webhook webhook = config.webhook();
    return webhook == null || !mode.equals("Webhook")
        ? null
        : new WebhookSettings(
            "default",
            Remotes.remote(WEBHOOK, webhook.kubeconfig()),
            webhook.version(),
            webhook.authorized(),
            webhook.unauthorized(),
            PATIENCE,
            false,
            List.of());
  }

  private Authorizer of(String mode, @Nullable WebhookSettings webhook) {
    return switch (mode) {
      case "AlwaysAllow" -> _ -> Decision.allow("");
      case "AlwaysDeny" -> _ -> new Decision(Verdict.NO_OPINION, "Everything is forbidden.");
      case "Node" -> new NodeAuthorizer(nodeRules, relations);
      case "RBAC" -> new RbacAuthorizer(rbac);
      case "ABAC" -> {
        if (config.policies() == null) {
          throw ConfigException.flag("--authorization-policy-file", "is needed for ABAC");
        }
        yield AbacAuthorizer.read(config.policies());
      }
      case "Webhook" ->
          new WebhookAuthorizer(Objects.requireNonNull(webhook), remotes.calls(), metrics, clock);
      default -> throw new IllegalArgumentException(mode);
    };
  }
}

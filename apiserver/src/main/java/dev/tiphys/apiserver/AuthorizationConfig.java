package dev.tiphys.apiserver;

import dev.tiphys.daemon.ConfigException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who decides what users may do.
 *
 * @param modes in order; empty if a file says it
 * @param file an AuthorizationConfiguration, or null
 * @param policies of ABAC, or null
 * @param webhook of the mode Webhook, or null
 */
record AuthorizationConfig(
    List<String> modes, @Nullable Path file, @Nullable Path policies, @Nullable Webhook webhook) {

  private static final Set<String> MODES =
      Set.of("AlwaysAllow", "AlwaysDeny", "ABAC", "Webhook", "Node", "RBAC");

  /**
   * A webhook that authorizes.
   *
   * @param kubeconfig tells where it is
   * @param authorized how long a yes is remembered
   * @param unauthorized how long anything else is
   */
  record Webhook(Path kubeconfig, String version, Duration authorized, Duration unauthorized) {}

  static AuthorizationConfig of(List<String> given, AuthorizationOptions options) {
    if (options.config != null) {
      if (!given.isEmpty() || options.webhook != null) {
        throw ConfigException.flag(
            "--authorization-config",
            "--authorization-config can not be specified when --authorization-mode or"
                + " --authorization-webhook-* flags are defined");
      }
      return new AuthorizationConfig(List.of(), options.config, options.policies, null);
    }
    List<String> modes = given.isEmpty() ? List.of("AlwaysAllow") : List.copyOf(given);
    Set<String> seen = new HashSet<>();
    for (String mode : modes) {
      if (!MODES.contains(mode)) {
        throw wrong("authorization-mode \"" + mode + "\" is not a valid mode");
      }
      if (!seen.add(mode)) {
        throw wrong("authorization-mode \"" + mode + "\" has mode specified more than once");
      }
    }
    if (modes.contains("ABAC") && options.policies == null) {
      throw wrong("authorization-mode ABAC's authorization policy file not passed");
    }
    if (!modes.contains("ABAC") && options.policies != null) {
      throw wrong("cannot specify --authorization-policy-file without mode ABAC");
    }
    Path webhook = options.webhook;
    if (modes.contains("Webhook") && webhook == null) {
      throw wrong("authorization-mode Webhook's authorization config file not passed");
    }
    if (!modes.contains("Webhook") && webhook != null) {
      throw wrong("cannot specify --authorization-webhook-config-file without mode Webhook");
    }
    if (!Set.of("v1", "v1beta1").contains(options.webhookVersion)) {
      throw ConfigException.flag(
          "--authorization-webhook-version",
          "unsupported webhook authorizer version \""
              + options.webhookVersion
              + "\", supported versions are \"v1\", \"v1beta1\"");
    }
    return new AuthorizationConfig(
        modes,
        null,
        options.policies,
        webhook == null
            ? null
            : new Webhook(
                webhook, options.webhookVersion, options.authorizedTtl, options.unauthorizedTtl));
  }

  private static ConfigException wrong(String why) {
    return ConfigException.flag("--authorization-mode", why);
  }
}

package dev.tiphys.apiserver.authn.oidc;

import dev.tiphys.apiserver.authn.SigningAlgorithm;
import dev.tiphys.daemon.ConfigException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One issuer by the {@code --oidc-…} flags.
 *
 * @param usernamePrefix empty for the issuer before all names but mail addresses; {@code -} for
 *     none
 */
public record OidcFlags(
    String issuerUrl,
    String clientId,
    @Nullable Path authorities,
    String usernameClaim,
    String usernamePrefix,
    String groupsClaim,
    String groupsPrefix,
    Map<String, String> requiredClaims,
    List<String> algorithms) {

  /**
   * The issuer.
   *
   * @param disallowed issuers that are known otherwise
   * @throws ConfigException that names the flag that is wrong
   */
  JwtIssuer issuer(Set<String> disallowed) {
    check(disallowed);
    EnumSet<SigningAlgorithm> allowed = EnumSet.noneOf(SigningAlgorithm.class);
    for (String name : algorithms) {
      SigningAlgorithm algorithm = SigningAlgorithm.named(name);
      if (algorithm == null) {
        throw ConfigException.flag(
            "--oidc-signing-algs", "oidc: unsupported signing alg: \"" + name + "\"");
      }
      allowed.add(algorithm);
    }
    String prefix =
        switch (usernamePrefix) {
          case "-" -> "";
          case "" -> usernameClaim.equals("email") ? "" : issuerUrl + "#";
          default -> usernamePrefix;
        };
    return new JwtIssuer(
        issuerUrl,
        "",
        pem(),
        Set.of(clientId),
        allowed,
        new JwtIssuer.Source.Claim(usernameClaim, prefix),
        groupsClaim.isEmpty() ? null : new JwtIssuer.Source.Claim(groupsClaim, groupsPrefix),
        null,
        Map.of(),
        new LinkedHashMap<>(requiredClaims),
        List.of(),
        List.of());
  }

  private void check(Set<String> disallowed) {
    if (disallowed.contains(issuerUrl)) {
      throw ConfigException.flag(
          "--oidc-issuer-url", "must not be that of --service-account-issuer: " + issuerUrl);
    }
    try {
      URI uri = URI.create(issuerUrl);
      if (!"https".equals(uri.getScheme()) || uri.getHost() == null) {
        throw ConfigException.flag("--oidc-issuer-url", "URL scheme must be https: " + issuerUrl);
      }
    } catch (IllegalArgumentException e) {
      throw new ConfigException("--oidc-issuer-url: not a URL: " + issuerUrl, e);
    }
  }

  private String pem() {
    Path file = authorities;
    try {
      return file == null ? "" : Files.readString(file, StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new ConfigException("--oidc-ca-file: cannot read " + file + ": " + e.getMessage(), e);
    }
  }
}

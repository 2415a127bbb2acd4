package dev.tiphys.store;

import dev.tiphys.daemon.ConfigException;
import dev.tiphys.daemon.GoDuration;
import dev.tiphys.store.auth.JwtKey;
import dev.tiphys.store.auth.Passwords;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * How users prove who they are.
 *
 * @param bcryptCost of hashing passwords
 * @param certificates whether certificates do, too
 */
record AuthConfig(TokenKind tokens, int bcryptCost, boolean certificates) {
  private static final Duration JWT_TTL = Duration.ofMinutes(5);

  /** What users get for their password. */
  sealed interface TokenKind {
    /** A random number that all members know. */
    record Simple(Duration timeToLive) implements TokenKind {}

    /** A signed statement. */
    record Jwt(JwtKey key, Duration timeToLive) implements TokenKind {}
  }

  /**
   * Checks the flags, and reads key files.
   *
   * @throws ConfigException naming the flag
   */
  static AuthConfig of(StoreOptions o) {
    if (o.bcryptCost < Passwords.MIN_COST || o.bcryptCost > Passwords.MAX_COST) {
      throw ConfigException.flag(
          "--bcrypt-cost",
          "must be %d to %d, not %d"
              .formatted(Passwords.MIN_COST, Passwords.MAX_COST, o.bcryptCost));
    }
    if (o.authTokenTtl <= 0) {
      throw ConfigException.flag("--auth-token-ttl", "must be positive, not " + o.authTokenTtl);
    }
    return new AuthConfig(tokens(o), o.bcryptCost, o.clientCertAuth);
  }

  private static TokenKind tokens(StoreOptions o) {
    var parts = o.authToken.split(",");
    return switch (parts[0]) {
      case "simple" -> new TokenKind.Simple(Duration.ofSeconds(o.authTokenTtl));
      case "jwt" -> jwt(options(parts));
      default ->
          throw ConfigException.flag(
              "--auth-token", "must be simple or jwt with its options, not \"" + parts[0] + "\"");
    };
  }

  private static TokenKind jwt(Map<String, String> options) {
    var method = options.remove("sign-method");
    var publicKey = options.remove("pub-key");
    var privateKey = options.remove("priv-key");
    var ttl = options.remove("ttl");
    if (method == null || !options.isEmpty()) {
      throw ConfigException.flag(
          "--auth-token", "jwt needs sign-method, and takes pub-key, priv-key and ttl");
    }
    var timeToLive =
        ttl == null
            ? JWT_TTL
            : GoDuration.parse(ttl)
                .orElseThrow(
                    () -> ConfigException.flag("--auth-token", "ttl is not a duration: " + ttl));
    try {
      var key =
          JwtKey.of(
              method,
              publicKey == null ? null : Path.of(publicKey),
              privateKey == null ? null : Path.of(privateKey));
      return new TokenKind.Jwt(key, timeToLive);
    } catch (IOException | GeneralSecurityException e) {
      throw new ConfigException("--auth-token: " + e.getMessage(), e);
    }
  }

  private static Map<String, String> options(String[] parts) {
    var options = new HashMap<String, String>();
    for (int i = 1; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      if (equals < 0
          || options.put(parts[i].substring(0, equals), parts[i].substring(equals + 1)) != null) {
        throw ConfigException.flag(
            "--auth-token", "options are NAME=VALUE, each once, not \"" + parts[i] + "\"");
      }
    }
    return options;
  }
}

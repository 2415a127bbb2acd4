package dev.tiphys.apiserver.authn.oidc;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.value.Rfc3339;
import dev.tiphys.apiserver.authn.Jwt;
import dev.tiphys.apiserver.authn.TokenAuthenticator;
import dev.tiphys.apiserver.authn.TokenException;
import dev.tiphys.apiserver.authn.Verified;
import java.io.IOException;
import java.security.PublicKey;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tokens of one issuer. Thread-safe; blocks while keys are read. */
final class JwtTokens implements TokenAuthenticator {

  private final JwtIssuer issuer;
  private final IssuerKeys keys;
  private final ClaimedUser users;
  private final InstantSource clock;

  JwtTokens(JwtIssuer issuer, IssuerKeys keys, InstantSource clock) {
    this.issuer = issuer;
    this.keys = keys;
    this.users = new ClaimedUser(issuer);
    this.clock = clock;
  }

  @Override
  public @Nullable Verified verify(String token, List<String> audiences) throws TokenException {
    Jwt.Parsed parsed = Jwt.parse(token);
    if (parsed == null || !issuerOf(parsed.claims()).equals(issuer.url())) {
      return null;
    }
    checkClaims(parsed.claims());
    if (!signed(parsed)) {
      throw new TokenException(
          "oidc: verify token: failed to verify signature: failed to verify id token signature");
    }
    return new Verified(users.of(parsed.claims()), List.of());
  }

  /** One issuer is known to name itself without its scheme. */
  private static String issuerOf(JsonTree.Obj claims) {
    String named = Jwt.text(claims.get("iss"));
    return named.equals("accounts.google.com") ? "https://accounts.google.com" : named;
  }

  private void checkClaims(JsonTree.Obj claims) throws TokenException {
    List<String> intended = audiencesOf(claims);
    if (intended.stream().noneMatch(issuer.audiences()::contains)) {
      throw new TokenException(
          "oidc: verify token: oidc: expected audience in "
              + quoted(issuer.audiences().stream().sorted().toList())
              + " got "
              + quoted(intended));
    }
    Instant now = clock.instant();
    Instant expires = Instant.ofEpochSecond(bounded(Jwt.seconds(claims.get("exp"), 0)));
    if (expires.isBefore(now)) {
      throw new TokenException(
          "oidc: verify token: oidc: token is expired (Token Expiry: "
              + Rfc3339.seconds(expires)
              + ")");
    }
    if (claims.get("nbf") != null) {
      Instant from = Instant.ofEpochSecond(bounded(Jwt.seconds(claims.get("nbf"), 0)));
      if (now.plus(Limits.CLOCK_SKEW).isBefore(from)) {
        throw new TokenException(
            "oidc: verify token: oidc: current time "
                + Rfc3339.seconds(now)
                + " before the nbf (not before) time: "
                + Rfc3339.seconds(from));
      }
    }
  }

  private static long bounded(long seconds) {
    return Math.clamp(seconds, 0, Instant.parse("9999-12-31T00:00:00Z").getEpochSecond());
  }

  private static List<String> audiencesOf(JsonTree.Obj claims) {
    return switch (claims.get("aud")) {
      case JsonTree.Text one -> List.of(one.value());
      case JsonTree.Arr many -> many.elements().stream().map(Jwt::text).toList();
      case null, default -> List.of();
    };
  }

  private boolean signed(Jwt.Parsed token) throws TokenException {
    String algorithm = Jwt.text(token.header().get("alg"));
    if (issuer.algorithms().stream().noneMatch(one -> one.name().equals(algorithm))) {
      throw new TokenException(
          "oidc: verify token: oidc: id token signed with unsupported algorithm, expected "
              + quoted(issuer.algorithms().stream().map(Enum::name).sorted().toList())
              + " got \""
              + algorithm
              + "\"");
    }
    try {
      JsonWebKeys known = keys.known();
      return signed(token, known) || signed(token, keys.newer(known));
    } catch (IOException e) {
      throw new TokenException(String.valueOf(e.getMessage()), e);
    }
  }

  private boolean signed(Jwt.Parsed token, JsonWebKeys known) {
    for (PublicKey key : known.named(Jwt.text(token.header().get("kid")))) {
      if (Jwt.verifies(token, key, issuer.algorithms())) {
        return true;
      }
    }
    return false;
  }

  private static String quoted(List<String> values) {
    return "[" + String.join(" ", values.stream().map(v -> "\"" + v + "\"").toList()) + "]";
  }
}

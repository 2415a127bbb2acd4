package dev.tiphys.apiserver.authn.oidc;

import dev.tiphys.apiserver.authn.AnonymousAccess;
import dev.tiphys.apiserver.authn.RememberedTokens;
import dev.tiphys.apiserver.authn.TokenAuthenticator;
import dev.tiphys.apiserver.authn.TokenException;
import dev.tiphys.apiserver.authn.Verified;
import dev.tiphys.apiserver.cel.SchemaCel;
import dev.tiphys.apiserver.configfile.ConfigFileException;
import dev.tiphys.apiserver.outbound.ConnectionPool;
import dev.tiphys.apiserver.outbound.Trust;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of all issuers that a configuration names, and whether it lets anybody in without. The
 * configuration may be replaced at any time. Thread-safe.
 */
public final class IssuedTokens implements TokenAuthenticator {

  /** As upstream remembers tokens that hold. */
  private static final Duration REMEMBERED = Duration.ofSeconds(10);

  private record State(List<TokenAuthenticator> issuers, @Nullable AnonymousAccess anonymous) {}

  private final SchemaCel cel;
  private final Set<String> disallowed;
  private final ConnectionPool pool;
  private final InstantSource clock;
  private volatile State state = new State(List.of(), null);

  /**
   * Knows no issuer yet.
   *
   * @param disallowed issuers that are known otherwise
   */
  public IssuedTokens(
      SchemaCel cel, Set<String> disallowed, ConnectionPool pool, InstantSource clock) {
    this.cel = cel;
    this.disallowed = Set.copyOf(disallowed);
    this.pool = pool;
    this.clock = clock;
  }

  /**
   * Goes by a file's content from now on.
   *
   * @throws ConfigFileException that says what is wrong with it; what was before holds on
   */
  public void configure(byte[] content) throws ConfigFileException {
    AuthenticationConfiguration read =
        AuthenticationConfiguration.read(content, new IssuerReader(cel, disallowed));
    state = new State(tokens(read.issuers()), read.anonymous());
  }

  /** Goes by flags. */
  public void configure(OidcFlags flags) {
    state = new State(tokens(List.of(flags.issuer(disallowed))), null);
  }

  private List<TokenAuthenticator> tokens(List<JwtIssuer> issuers) {
    Trust trust = Trust.anonymous();
    List<TokenAuthenticator> all = new ArrayList<>();
    for (JwtIssuer issuer : issuers) {
      IssuerKeys keys = new IssuerKeys(issuer, trust, pool, clock);
      all.add(
          new RememberedTokens(
              new JwtTokens(issuer, keys, clock), REMEMBERED, Duration.ZERO, clock));
    }
    return List.copyOf(all);
  }

  /** What the configuration says of requests without credentials; null for nothing. */
  public @Nullable AnonymousAccess anonymous() {
    return state.anonymous();
  }

  @Override
  public @Nullable Verified verify(String token, List<String> audiences) throws TokenException {
    for (TokenAuthenticator issuer : state.issuers()) {
      Verified verified = issuer.verify(token, audiences);
      if (verified != null) {
        return verified;
      }
    }
    return null;
  }
}

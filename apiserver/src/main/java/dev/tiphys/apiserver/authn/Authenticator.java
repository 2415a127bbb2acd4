package dev.tiphys.apiserver.authn;

import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.daemon.ConfigException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells who shows credentials: by what a proxy says first, then by client certificate, then by
 * token. Wrong credentials are refused; none at all make an anonymous user, where that is allowed.
 * Thread-safe.
 */
public final class Authenticator {

  private static final Logger log = LoggerFactory.getLogger(Authenticator.class);

  private final List<String> audiences;
  private final List<TokenAuthenticator> tokens;
  private final Supplier<AnonymousAccess> anonymous;
  private final @Nullable Proxies proxies;

  /**
   * Tells proxies in front of the server from clients.
   *
   * @param proxyAuthority who signs the proxies' certificates
   * @param clientAuthority who signs clients' certificates; null if nobody
   */
  private record Proxies(
      RequestHeaders headers,
      CertificateAuthority proxyAuthority,
      @Nullable CertificateAuthority clientAuthority) {

    @Nullable User userOf(Credentials credentials) {
      List<X509Certificate> chain = credentials.certificates();
      return proxyAuthority.signed(chain) && headers.isProxy(chain.getFirst())
          ? headers.userOf(credentials.headers())
          : null;
    }
  }

  /**
   * Combines the ways to authenticate.
   *
   * @param audiences that this server has; tokens of requests must be for one of them
   * @param tokens the ways to know a bearer token, in order
   * @param anonymous whether requests without credentials are let on; asked for each
   */
  public Authenticator(
      List<String> audiences,
      List<TokenAuthenticator> tokens,
      Supplier<AnonymousAccess> anonymous) {
    this(audiences, tokens, anonymous, null);
  }

  private Authenticator(
      List<String> audiences,
      List<TokenAuthenticator> tokens,
      Supplier<AnonymousAccess> anonymous,
      @Nullable Proxies proxies) {
    this.audiences = List.copyOf(audiences);
    this.tokens = List.copyOf(tokens);
    this.anonymous = anonymous;
    this.proxies = proxies;
  }

  /**
   * Who it is.
   *
   * @param path that is asked for
   * @throws ApiException 401 if the credentials are wrong or missing
   */
  public User authenticate(Credentials credentials, String path) {
    Proxies known = proxies;
    if (known != null && !credentials.certificates().isEmpty()) {
      User named = known.userOf(credentials);
      if (named != null) {
        return named.authenticated();
      }
    }
    if (!credentials.certificates().isEmpty() && isClient(credentials.certificates())) {
      User user = ClientCertificates.userOf(credentials.certificates().getFirst());
      if (user != null) {
        return user.authenticated();
      }
    }
    String token = credentials.bearer();
    if (token != null) {
      try {
        return verify(token, List.of()).user();
      } catch (TokenException e) {
        log.debug("event=token-refused message=\"{}\"", e.getMessage());
        throw ApiException.unauthorized();
      }
    }
    if (!anonymous.get().allows(path)) {
      throw ApiException.unauthorized();
    }
    return User.ANONYMOUS;
  }

  /** TLS has verified it, but where there are proxies perhaps by their authority only. */
  private boolean isClient(List<X509Certificate> chain) {
    Proxies known = proxies;
    return known == null
        || (known.clientAuthority() != null && known.clientAuthority().signed(chain));
  }

  /**
   * The same behind proxies that name users in header fields.
   *
   * @param clientAuthority {@code --client-ca-file}, or null
   * @throws ConfigException if an authority cannot be read
   */
  public Authenticator behindProxies(
      RequestHeaders headers, @Nullable Path clientAuthority, InstantSource clock) {
    try {
      return new Authenticator(
          audiences,
          tokens,
          anonymous,
          new Proxies(
              headers,
              CertificateAuthority.of(headers.authority(), clock),
              clientAuthority == null ? null : CertificateAuthority.of(clientAuthority, clock)));
    } catch (GeneralSecurityException | IOException e) {
      throw new ConfigException(
          "--requestheader-client-ca-file or --client-ca-file: " + e.getMessage(), e);
    }
  }

  /**
   * Verifies a token, as TokenReview asks.
   *
   * @param wanted audiences of which the token must be for one; empty for this server's own
   * @throws TokenException if nobody is known by it
   */
  public Verified verify(String token, List<String> wanted) throws TokenException {
    List<String> failures = new ArrayList<>(0);
    for (TokenAuthenticator one : tokens) {
      try {
        Verified verified = one.verify(token, wanted.isEmpty() ? audiences : wanted);
        if (verified != null) {
          return new Verified(verified.user().authenticated(), verified.audiences());
        }
      } catch (TokenException e) {
        failures.add(String.valueOf(e.getMessage()));
      }
    }
    throw new TokenException(
        switch (failures.size()) {
          case 0 -> "invalid bearer token";
          case 1 -> failures.getFirst();
          default -> "[" + String.join(", ", failures) + "]";
        });
  }
}

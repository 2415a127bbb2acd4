package dev.tiphys.apiserver.authn;

import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.daemon.ConfigException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells who shows credentials: by what a proxy says first, then by client certificate, then by
 * token. Wrong credentials are refused; none at all make an anonymous user, where that is allowed.
 * Thread-safe.
 */
public final class Authenticator {

  private final @Nullable TokenFile tokenFile;
  private final ServiceAccountTokens serviceAccounts;
  private final boolean anonymous;
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
   * @param tokenFile of {@code --token-auth-file}, or null
   * @param anonymous whether requests without credentials are let on
   */
  public Authenticator(
      @Nullable Path tokenFile, ServiceAccountTokens serviceAccounts, boolean anonymous) {
    this(tokenFile, serviceAccounts, anonymous, null);
  }

  private Authenticator(
      @Nullable Path tokenFile,
      ServiceAccountTokens serviceAccounts,
      boolean anonymous,
      @Nullable Proxies proxies) {
    this.proxies = proxies;
    this.tokenFile = tokenFile == null ? null : TokenFile.read(tokenFile);
    this.serviceAccounts = serviceAccounts;
    this.anonymous = anonymous;
  }

  /**
   * Who it is.
   *
   * @throws ApiException 401 if the credentials are wrong or missing
   */
  public User authenticate(Credentials credentials) {
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
      ServiceAccountTokens.Verified verified = verify(token, List.of());
      if (verified == null) {
        throw ApiException.unauthorized();
      }
      return verified.user();
    }
    if (!anonymous) {
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
  public static Authenticator behindProxies(
      @Nullable Path tokenFile,
      ServiceAccountTokens serviceAccounts,
      boolean anonymous,
      RequestHeaders headers,
      @Nullable Path clientAuthority,
      InstantSource clock) {
    try {
      return new Authenticator(
          tokenFile,
          serviceAccounts,
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
   * @param audiences of which the token must be for one; empty for this server's own
   * @return null if nobody is known by it
   */
  public ServiceAccountTokens.@Nullable Verified verify(String token, List<String> audiences) {
    User known = tokenFile == null ? null : tokenFile.find(token);
    if (known != null) {
      List<String> own = serviceAccounts.audiences();
      List<String> common =
          audiences.isEmpty() ? own : audiences.stream().filter(own::contains).toList();
      return common.isEmpty() && !audiences.isEmpty()
          ? null
          : new ServiceAccountTokens.Verified(known.authenticated(), common);
    }
    ServiceAccountTokens.Verified verified = serviceAccounts.verify(token, audiences);
    return verified == null
        ? null
        : new ServiceAccountTokens.Verified(verified.user().authenticated(), verified.audiences());
  }
}

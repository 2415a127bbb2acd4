package dev.tiphys.apiserver.authn;

import dev.tiphys.apiserver.request.ApiException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells who shows credentials: by client certificate first, then by token. Wrong credentials are
 * refused; none at all make an anonymous user, where that is allowed. Thread-safe.
 */
public final class Authenticator {

  private final @Nullable TokenFile tokenFile;
  private final ServiceAccountTokens serviceAccounts;
  private final boolean anonymous;

  /**
   * Combines the ways to authenticate.
   *
   * @param tokenFile of {@code --token-auth-file}, or null
   * @param anonymous whether requests without credentials are let on
   */
  public Authenticator(
      @Nullable Path tokenFile, ServiceAccountTokens serviceAccounts, boolean anonymous) {
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
    if (!credentials.certificates().isEmpty()) {
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

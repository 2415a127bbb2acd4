package dev.tiphys.kubelet.access;

import dev.tiphys.api.Resources;
import dev.tiphys.api.authentication.v1.TokenReview;
import dev.tiphys.api.authentication.v1.TokenReviewSpec;
import dev.tiphys.api.authentication.v1.TokenReviewStatus;
import dev.tiphys.api.authentication.v1.UserInfo;
import dev.tiphys.client.ApiException;
import dev.tiphys.client.Client;
import dev.tiphys.kubelet.server.Authenticator;
import dev.tiphys.kubelet.server.Caller;
import dev.tiphys.kubelet.server.Credentials;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the API server say whose a bearer token is. Each time, for a token may be revoked. */
public final class ReviewedTokens implements Authenticator {

  private static final Logger log = LoggerFactory.getLogger(ReviewedTokens.class);

  private final Client client;

  /** Asks through a client that may create token reviews. */
  public ReviewedTokens(Client client) {
    this.client = client;
  }

  @Override
  public Optional<Caller> authenticate(Credentials credentials) {
    String token = credentials.bearerToken();
    if (token == null) {
      return Optional.empty();
    }
    TokenReview review =
        TokenReview.builder().spec(TokenReviewSpec.builder().token(token).build()).build();
    try {
      return caller(client.resource(Resources.TOKEN_REVIEWS).create(review).status());
    } catch (ApiException e) {
      log.warn("event=token-not-reviewed error={}", e.getMessage());
      return Optional.empty();
    }
  }

  private static Optional<Caller> caller(@Nullable TokenReviewStatus status) {
    UserInfo user = status == null ? null : status.user();
    String name = user == null ? null : user.username();
    if (status == null || user == null || name == null) {
      return Optional.empty();
    }
    if (!Boolean.TRUE.equals(status.authenticated())) {
      return Optional.empty();
    }
    String uid = user.uid() == null ? "" : user.uid();
    return Optional.of(new Caller(name, uid, user.groups(), user.extra()));
  }
}

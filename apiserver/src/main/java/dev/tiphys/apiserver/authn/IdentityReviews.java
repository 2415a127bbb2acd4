package dev.tiphys.apiserver.authn;

import dev.tiphys.api.authentication.v1.SelfSubjectReview;
import dev.tiphys.api.authentication.v1.SelfSubjectReviewStatus;
import dev.tiphys.api.authentication.v1.TokenReview;
import dev.tiphys.api.authentication.v1.TokenReviewSpec;
import dev.tiphys.api.authentication.v1.TokenReviewStatus;
import dev.tiphys.api.authentication.v1.UserInfo;
import dev.tiphys.apiserver.request.ApiCall;
import dev.tiphys.apiserver.request.ApiException;
import java.util.List;

/** Answers who somebody is. Thread-safe. */
public final class IdentityReviews {

  private final Authenticator authenticator;

  /** Answers as the authenticator knows. */
  public IdentityReviews(Authenticator authenticator) {
    this.authenticator = authenticator;
  }

  /** Who the asker is. */
  public SelfSubjectReview self(ApiCall call, SelfSubjectReview review) {
    return review.withStatus(SelfSubjectReviewStatus.builder().userInfo(info(call.user())).build());
  }

  /** Whose a token is. */
  public TokenReview token(ApiCall call, TokenReview review) {
    TokenReviewSpec spec = review.spec();
    String token = spec == null ? null : spec.token();
    if (spec == null || token == null || token.isEmpty()) {
      throw ApiException.badRequest("token is required for TokenReview in authentication");
    }
    List<String> audiences = spec.audiences();
    TokenReviewStatus status;
    try {
      Verified verified = authenticator.verify(token, audiences);
      status =
          TokenReviewStatus.builder()
              .authenticated(true)
              .user(info(verified.user()))
              .audiences(verified.audiences())
              .build();
    } catch (TokenException e) {
      status = TokenReviewStatus.builder().authenticated(false).error(e.getMessage()).build();
    }
    return review.toBuilder().status(status).build();
  }

  private static UserInfo info(User user) {
    return UserInfo.builder()
        .username(user.name())
        .uid(user.uid().isEmpty() ? null : user.uid())
        .groups(user.groups())
        .extra(user.extra())
        .build();
  }
}

package dev.tiphys.apiserver.authn;

import dev.tiphys.api.authentication.v1.TokenReview;
import dev.tiphys.api.authentication.v1.TokenReviewSpec;
import dev.tiphys.api.authentication.v1.TokenReviewStatus;
import dev.tiphys.api.authentication.v1.UserInfo;
import dev.tiphys.api.codec.DecodeException;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.apiserver.outbound.PatientCalls;
import dev.tiphys.apiserver.outbound.Remote;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Tokens that a webhook knows: it is asked with a TokenReview. Thread-safe; blocks. */
public final class WebhookTokens implements TokenAuthenticator {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Remote webhook;
  private final String version;
  private final List<String> own;
  private final PatientCalls calls;

  /**
   * Asks a webhook.
   *
   * @param version of the TokenReview: {@code v1} or {@code v1beta1}
   * @param own this server's audiences: what a webhook means that knows nothing of audiences
   */
  public WebhookTokens(Remote webhook, String version, List<String> own, PatientCalls calls) {
    this.webhook = webhook;
    this.version = "authentication.k8s.io/" + version;
    this.own = List.copyOf(own);
    this.calls = calls;
  }

  @Override
  public @Nullable Verified verify(String token, List<String> audiences) throws TokenException {
    TokenReviewStatus status = ask(token, audiences);
    List<String> accepted = List.of();
    if (!audiences.isEmpty()) {
      List<String> told = status.audiences().isEmpty() ? own : status.audiences();
      accepted = audiences.stream().filter(told::contains).toList();
      if (accepted.isEmpty()) {
        return null;
      }
    }
    if (!Boolean.TRUE.equals(status.authenticated())) {
      String error = status.error();
      if (error != null && !error.isEmpty()) {
        throw new TokenException(error);
      }
      return null;
    }
    UserInfo user = Objects.requireNonNullElse(status.user(), UserInfo.EMPTY);
    return new Verified(
        new User(
            Objects.requireNonNullElse(user.username(), ""),
            Objects.requireNonNullElse(user.uid(), ""),
            user.groups(),
            user.extra()),
        accepted);
  }

  private TokenReviewStatus ask(String token, List<String> audiences) throws TokenException {
    TokenReview question =
        TokenReview.builder()
            .spec(TokenReviewSpec.builder().token(token).audiences(audiences).build())
            .build();
    Map<String, JsonTree> members =
        new LinkedHashMap<>(((JsonTree.Obj) JsonCodec.toTree(question)).members());
    members.put("kind", new JsonTree.Text("TokenReview"));
    members.put("apiVersion", new JsonTree.Text(version));
    try {
      byte[] answer = calls.post(webhook, new JsonTree.Obj(members).toBytes(), PATIENCE);
      TokenReviewStatus status = JsonCodec.decode(answer, TokenReview.TYPE).status();
      return Objects.requireNonNullElse(status, TokenReviewStatus.EMPTY);
    } catch (IOException | DecodeException e) {
      throw new TokenException(String.valueOf(e.getMessage()), e);
    }
  }
}

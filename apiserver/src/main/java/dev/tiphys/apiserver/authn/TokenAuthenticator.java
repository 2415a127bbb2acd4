package dev.tiphys.apiserver.authn;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One way to tell whose a bearer token is. Thread-safe; may block. */
@FunctionalInterface
public interface TokenAuthenticator {

  /**
   * Judges a token.
   *
   * @param audiences of which the token must be for one; empty if that does not matter
   * @return null if it is somebody else's to know
   * @throws TokenException if it does not hold, or that cannot be told now
   */
  @Nullable Verified verify(String token, List<String> audiences) throws TokenException;

  /** The same for tokens that are for this server alone, whatever they say themselves. */
  static TokenAuthenticator forServer(List<String> own, TokenAuthenticator any) {
    return (token, audiences) -> {
      List<String> common =
          audiences.isEmpty() ? own : audiences.stream().filter(own::contains).toList();
      if (common.isEmpty() && !audiences.isEmpty()) {
        return null;
      }
      Verified verified = any.verify(token, List.of());
      return verified == null ? null : new Verified(verified.user(), common);
    };
  }
}

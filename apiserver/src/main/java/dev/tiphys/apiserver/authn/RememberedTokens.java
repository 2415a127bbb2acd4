package dev.tiphys.apiserver.authn;

import dev.tiphys.apiserver.outbound.ExpiringCache;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Asks another for each token once in a while, and once for all who show it at the same time. What
 * could not be judged is asked again. Keeps digests, never tokens. Thread-safe.
 */
public final class RememberedTokens implements TokenAuthenticator {

  private record Key(String digest, List<String> audiences) {}

  private record Outcome(@Nullable Verified verified) {}

  private final TokenAuthenticator asked;
  private final Duration known;
  private final Duration unknown;
  private final ExpiringCache<Key, Outcome> outcomes;
  private final ConcurrentMap<Key, CompletableFuture<Outcome>> running = new ConcurrentHashMap<>();

  /**
   * Remembers what another says.
   *
   * @param known how long a token that holds is remembered
   * @param unknown how long one is that does not
   */
  public RememberedTokens(
      TokenAuthenticator asked, Duration known, Duration unknown, InstantSource clock) {
    this.asked = asked;
    this.known = known;
    this.unknown = unknown;
    this.outcomes = new ExpiringCache<>(Limits.REMEMBERED_TOKENS, clock);
  }

  @Override
  public @Nullable Verified verify(String token, List<String> audiences) throws TokenException {
    Key key = new Key(digest(token), audiences);
    Outcome found = outcomes.get(key);
    if (found != null) {
      return found.verified();
    }
    CompletableFuture<Outcome> mine = new CompletableFuture<>();
    CompletableFuture<Outcome> first = running.putIfAbsent(key, mine);
    if (first != null) {
      return joined(first);
    }
    try {
      Outcome outcome = new Outcome(asked.verify(token, audiences));
      outcomes.put(key, outcome, outcome.verified() == null ? unknown : known);
      mine.complete(outcome);
      return outcome.verified();
    } catch (TokenException | RuntimeException e) {
      mine.completeExceptionally(e);
      throw e;
    } finally {
      running.remove(key, mine);
    }
  }

  private static @Nullable Verified joined(CompletableFuture<Outcome> other) throws TokenException {
    try {
      return other.join().verified();
    } catch (CompletionException e) {
      Throwable cause = e.getCause();
      throw new TokenException(String.valueOf((cause == null ? e : cause).getMessage()), e);
    }
  }

  private static String digest(String token) {
    try {
      return Base64.getEncoder()
          .encodeToString(
              MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}

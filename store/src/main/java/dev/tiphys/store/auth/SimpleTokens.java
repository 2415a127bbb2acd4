package dev.tiphys.store.auth;

import com.google.protobuf.ByteString;
import dev.tiphys.store.mvcc.StoreError;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Random tokens that all members know. Each use gives a token its full time again. Only digests are
 * kept, so finding one takes no time that would tell of it. Thread-safe.
 */
public final class SimpleTokens implements Tokens, Authority.TokenHolder {
  /** More than this, and those that ran out are looked for at each new one. */
  private static final int SWEEP_ABOVE = 1000;

  private static final int RANDOM_BYTES = 24;

  private final Duration timeToLive;
  private final LongSupplier ticker;
  private final Map<ByteString, Held> held = new ConcurrentHashMap<>();

  private record Held(String user, long deadline) {}

  /** Takes how long an unused token lives, and nanoseconds of a steady clock. */
  public SimpleTokens(Duration timeToLive, LongSupplier ticker) {
    this.timeToLive = timeToLive;
    this.ticker = ticker;
  }

  /** A token that nobody has. */
  public static String random(SecureRandom random) {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** What is kept of a token. */
  public static ByteString digest(String token) {
    try {
      var sha256 = MessageDigest.getInstance("SHA-256");
      return ByteString.copyFrom(sha256.digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  @Override
  public String user(String token, Rules rules) {
    var found =
        held.computeIfPresent(
            digest(token),
            (_, known) -> isOver(known) ? null : new Held(known.user, deadlineFromNow()));
    if (found == null) {
      throw StoreError.INVALID_AUTH_TOKEN.exception();
    }
    return found.user;
  }

  @Override
  public void assign(String user, ByteString sha256) {
    if (held.size() > SWEEP_ABOVE) {
      held.values().removeIf(this::isOver);
    }
    held.put(sha256, new Held(user, deadlineFromNow()));
  }

  @Override
  public void rulesChanged(Rules before, Rules after) {
    if (!after.enabled()) {
      held.clear();
    } else {
      held.values().removeIf(known -> !samePassword(before, after, known.user));
    }
  }

  private static boolean samePassword(Rules before, Rules after, String name) {
    var was = before.user(name);
    var is = after.user(name);
    return was != null && is != null && was.getPassword().equals(is.getPassword());
  }

  private boolean isOver(@Nullable Held known) {
    return known == null || known.deadline - ticker.getAsLong() <= 0;
  }

  private long deadlineFromNow() {
    return ticker.getAsLong() + timeToLive.toNanos();
  }
}

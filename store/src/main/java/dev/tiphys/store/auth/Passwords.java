package dev.tiphys.store.auth;

import at.favre.lib.crypto.bcrypt.BCrypt;
import com.google.protobuf.ByteString;
import dev.tiphys.store.rpc.User;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Passwords as bcrypt hashes, in the form in which etcd keeps them, so that users move between the
 * two with their passwords. Slow on purpose: about 50 ms at cost 10. Thread-safe.
 */
public final class Passwords {
  /** bcrypt takes no more. */
  public static final int MAX_BYTES = 72;

  /** Least and most cost: the rounds are two to the power of it. */
  public static final int MIN_COST = 4;

  /** See {@link #MIN_COST}. */
  public static final int MAX_COST = 31;

  // One at a time: whoever guesses passwords must not take all processors from the others.
  private final Semaphore turns = new Semaphore(1);
  private final int cost;
  private final SecureRandom random;
  // Compared with when there is no user of that name, so that the time does not tell.
  private volatile byte @Nullable [] nobody;

  /** Takes the cost, between {@link #MIN_COST} and {@link #MAX_COST}. */
  public Passwords(int cost, SecureRandom random) {
    this.cost = cost;
    this.random = random;
  }

  /** Whether a password is short enough to be kept. */
  public static boolean fits(String password) {
    return password.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES;
  }

  /** The hash to keep; the password must {@link #fits fit}. */
  public String hash(String password) {
    return new String(hashBytes(password), StandardCharsets.US_ASCII);
  }

  /** Whether this is the password of that user; never for a user who has none. */
  public boolean isRight(@Nullable User user, String password) {
    boolean hasOne =
        user != null && !user.getOptions().getNoPassword() && !user.getPassword().isEmpty();
    byte[] hash = hasOne ? hashOf(user) : hashOfNobody();
    byte[] given = password.getBytes(StandardCharsets.UTF_8);
    if (given.length > MAX_BYTES) {
      return false;
    }
    turns.acquireUninterruptibly();
    try {
      return BCrypt.verifyer().verify(given, hash).verified && hasOne;
    } finally {
      turns.release();
    }
  }

  private byte[] hashBytes(String password) {
    turns.acquireUninterruptibly();
    try {
      return BCrypt.with(random).hash(cost, password.getBytes(StandardCharsets.UTF_8));
    } finally {
      turns.release();
    }
  }

  private byte[] hashOfNobody() {
    var known = nobody;
    if (known == null) {
      known = hashBytes("");
      nobody = known;
    }
    return known;
  }

  private static byte[] hashOf(@Nullable User user) {
    return (user == null ? ByteString.EMPTY : user.getPassword()).toByteArray();
  }
}

package dev.tiphys.client.controller;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Brings one thing to the state that it should be in.
 *
 * <p>Never called for one key by two tasks at once; called for many keys at once. Any exception
 * means: try this key again, later each time.
 */
@FunctionalInterface
public interface Reconciler<K> {

  /** Looks at a key's world, decides, acts. */
  Result reconcile(K key);

  /**
   * What to do about the key now.
   *
   * @param requeueAfter look again after this time even if nothing changes; null for no need
   */
  record Result(@Nullable Duration requeueAfter) {

    /** Wait for the next change. */
    public static final Result DONE = new Result(null);

    /** Look again after a time. */
    public static Result after(Duration delay) {
      return new Result(delay);
    }
  }
}

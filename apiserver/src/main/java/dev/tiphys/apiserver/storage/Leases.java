package dev.tiphys.apiserver.storage;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToLongFunction;

/**
 * Times to live as leases of the store. Objects written close to each other share one, since a
 * lease costs the store more than a key. Thread-safe.
 */
final class Leases {

  private record Shared(long id, Instant until, int users) {}

  private final ToLongFunction<Duration> grant;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Duration, Shared> current = new HashMap<>();

  /**
   * No lease yet.
   *
   * @param grant makes a lease that lives for a while
   */
  Leases(ToLongFunction<Duration> grant, InstantSource clock) {
    this.grant = grant;
    this.clock = clock;
  }

  /**
   * A lease that lives at least so long and longer by at most {@link Limits#LEASE_REUSE}, or a
   * twentieth if that is less, as upstream's.
   */
  long lastingFor(Duration timeToLive) {
    Duration share = timeToLive.dividedBy(20);
    Duration reuse = share.compareTo(Limits.LEASE_REUSE) < 0 ? share : Limits.LEASE_REUSE;
    lock.lock();
    try {
      Shared shared = current.get(timeToLive);
      Instant now = clock.instant();
      if (shared == null
          || !now.isBefore(shared.until())
          || shared.users() >= Limits.LEASE_OBJECTS) {
        shared = new Shared(grant.applyAsLong(timeToLive.plus(reuse)), now.plus(reuse), 0);
      }
      current.put(timeToLive, new Shared(shared.id(), shared.until(), shared.users() + 1));
      return shared.id();
    } finally {
      lock.unlock();
    }
  }
}

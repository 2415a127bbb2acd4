package dev.tiphys.store.lease;

import dev.tiphys.store.mvcc.Leases;
import dev.tiphys.store.mvcc.StoreException;
import dev.tiphys.store.raft.LeaseClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts down the leases while this member leads, and revokes those that ran out. Thread-safe. */
public final class LeaseKeeper implements LeaseClock, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LeaseKeeper.class);

  private final Supplier<Leases> leases;
  private final Lead lead;
  private final LongSupplier ticker;
  private final Revoker revoker;
  private final AtomicReference<Reign> current = new AtomicReference<>(new Reign(0));
  private final CountDownLatch closed = new CountDownLatch(1);

  /** Knows whether this member leads. */
  public interface Lead {
    /** The term in which it leads, as far as it knows; 0 when it does not. */
    long term();

    /** The same, when a majority has confirmed it since the call; blocks. */
    long confirmedTerm() throws InterruptedException;
  }

  /** Ends a lease for the whole cluster. */
  @FunctionalInterface
  public interface Revoker {
    /** Proposes the end, which is refused if it is not ordered in this term, and waits for it. */
    void revoke(long lease, long term) throws InterruptedException;
  }

  /**
   * A lease as the leader sees it.
   *
   * @param remaining until it runs out; never negative
   */
  public record Countdown(Leases.Grant grant, Duration remaining) {}

  /**
   * Takes the agreed leases and the leader's clock.
   *
   * @param ticker nanoseconds of a steady clock
   */
  public LeaseKeeper(Supplier<Leases> leases, Lead lead, LongSupplier ticker, Revoker revoker) {
    this.leases = leases;
    this.lead = lead;
    this.ticker = ticker;
    this.revoker = revoker;
  }

  /**
   * Starts a lease anew and returns its time to live in seconds; 0 when it does not exist or ran
   * out.
   */
  @Override
  public long keepAlive(long id) {
    var grant = leases.get().find(id);
    if (grant == null) {
      return 0;
    }
    long now = ticker.getAsLong();
    var deadlines = reign().deadlines();
    var deadline = deadlines.get(grant.number());
    if (deadline != null && deadline - now <= 0) {
      return 0; // its end is on the way
    }
    deadlines.put(grant.number(), now + Duration.ofSeconds(grant.ttlSeconds()).toNanos());
    return grant.ttlSeconds();
  }

  @Override
  public long remainingSeconds(long id) {
    var countdown = remaining(id);
    return countdown == null ? -1 : countdown.remaining().toSeconds();
  }

  /** How long a lease has yet; null when it does not exist. */
  public @org.jspecify.annotations.Nullable Countdown remaining(long id) {
    var grant = leases.get().find(id);
    if (grant == null) {
      return null;
    }
    var full = Duration.ofSeconds(grant.ttlSeconds());
    var deadline = reign().deadlines().get(grant.number());
    var left = deadline == null ? full : Duration.ofNanos(deadline - ticker.getAsLong());
    return new Countdown(grant, left.isNegative() ? Duration.ZERO : left);
  }

  /** All leases, the one that runs out next first. */
  public List<Long> inOrderOfEnd() {
    long now = ticker.getAsLong();
    var deadlines = reign().deadlines();
    record End(long id, long number, long nanos) {}
    return leases.get().all().stream()
        .map(grant -> {
          var deadline = deadlines.get(grant.number());
          return new End(
              grant.id(),
              grant.number(),
              deadline == null ? Duration.ofSeconds(grant.ttlSeconds()).toNanos() : deadline - now);
        })
        .sorted(Comparator.comparingLong(End::nanos).thenComparingLong(End::number))
        .map(End::id)
        .toList();
  }

  /** Looks for leases that ran out, again and again until closed. Run it on a thread of its own. */
  public void run(Duration interval) throws InterruptedException {
    while (!closed.await(interval.toNanos(), TimeUnit.NANOSECONDS)) {
      tick();
    }
  }

  /** Looks once. */
  void tick() throws InterruptedException {
    var reign = reign();
    if (reign.term() == 0) {
      return;
    }
    var deadlines = reign.deadlines();
    var out = new ArrayList<Long>();
    var known = new HashSet<Long>();
    for (var grant : leases.get().all()) {
      long now = ticker.getAsLong(); // after the grant, whatever happened between
      long full = now + Duration.ofSeconds(grant.ttlSeconds()).toNanos();
      known.add(grant.number());
      if (deadlines.computeIfAbsent(grant.number(), _ -> full) - now <= 0) {
        out.add(grant.id());
      }
    }
    deadlines.keySet().retainAll(known);
    if (!out.isEmpty()) {
      end(out, reign.term());
    }
  }

  /** What is as of now: a member that leads anew, be it after itself, begins all leases anew. */
  private Reign reign() {
    long term = lead.term();
    return current.updateAndGet(known -> known.term() == term ? known : new Reign(term));
  }

  private void end(List<Long> out, long term) throws InterruptedException {
    try {
      if (lead.confirmedTerm() != term) {
        return; // it slept through an election, perhaps, and its clock says nothing
      }
    } catch (StoreException e) {
      log.debug("leases not ended yet reason={}", e.getMessage());
      return;
    }
    for (long id : out) {
      try {
        revoker.revoke(id, term);
        log.debug("lease ran out id={}", Long.toHexString(id));
      } catch (StoreException e) {
        log.debug(
            "lease could not be revoked yet id={} reason={}", Long.toHexString(id), e.getMessage());
      }
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}

package dev.tiphys.store.audit;

import dev.tiphys.store.mvcc.StoreException;
import dev.tiphys.store.raft.Member;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the members from time to time, while this one leads, and raises the CORRUPT alarm of
 * those that differ. An alarm stops all writes, so it is raised only for who differs twice in a
 * row.
 */
public final class CorruptionWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CorruptionWatch.class);

  /** How long a comparison may take to notice that it is not wanted any more. */
  private static final Duration END = Duration.ofSeconds(5);

  private final Duration every;
  private final Comparison comparison;
  private final Cluster cluster;
  private final Supplier<OptionalLong> upTo;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean begun;

  /** The last revision that all members agreed on. */
  private long agreedOn;

  /** What it watches. */
  public interface Cluster {
    /** True while it is this member's turn to compare. */
    boolean isLed();

    /** All members. */
    List<Member> members();

    /**
     * Raises the CORRUPT alarm of a member, or of nobody in particular where that is 0. Raising it
     * twice is raising it once.
     *
     * @throws StoreException when nobody could order it in time
     */
    void raise(long member) throws InterruptedException;

    /** Is told what came of each comparison. */
    void compared(Result result);
  }

  /** What came of a comparison. */
  public enum Result {
    /** All members hold the same. */
    SAME,
    /** Those that could be compared do; some could not be. */
    INCOMPLETE,
    /** Some differ. */
    DIFFERENT
  }

  private CorruptionWatch(
      Duration every, Comparison comparison, Cluster cluster, Supplier<OptionalLong> upTo) {
    this.every = every;
    this.comparison = comparison;
    this.cluster = cluster;
    this.upTo = upTo;
  }

  /** Compares all that there is, every so often. */
  public static CorruptionWatch ofAll(Duration every, Comparison comparison, Cluster cluster) {
    return new CorruptionWatch(every, comparison, cluster, () -> OptionalLong.of(0));
  }

  /**
   * Compares once, after each compaction, what was there when it was made; and again, every so
   * often, until all members were compared.
   *
   * @param compacted tells the revision of the last compaction
   */
  public static CorruptionWatch ofCompacted(
      Duration every, Comparison comparison, Cluster cluster, LongSupplier compacted) {
    return new CorruptionWatch(
        every,
        comparison,
        cluster,
        () -> {
          long revision = compacted.getAsLong();
          return revision == 0 ? OptionalLong.empty() : OptionalLong.of(revision);
        });
  }

  /** Works until closed. Run it on a thread of its own. */
  public void run() throws InterruptedException {
    begun = true;
    try {
      while (!closed.await(every.toNanos(), TimeUnit.NANOSECONDS)) {
        look();
      }
    } finally {
      ended.countDown();
    }
  }

  private void look() throws InterruptedException {
    try {
      var members = cluster.members();
      var revision = upTo.get();
      if (!cluster.isLed() || members.size() < 2 || revision.isEmpty() || isOld(revision)) {
        return;
      }
      var verdict = compare(members, revision);
      if (verdict.isAgreed()) {
        log.debug("members compared result=\"{}\" all={}", verdict, verdict.isOfAll());
        if (verdict.isOfAll()) {
          agreedOn = revision.getAsLong();
        }
        return;
      }
      log.warn("members differ, comparing them again result=\"{}\"", verdict);
      confirm(verdict, compare(members, upTo.get()));
    } catch (CancellationException e) {
      log.debug("comparison ended with this member");
    } catch (StoreException e) {
      log.info("members not compared this time reason=\"{}\"", e.getMessage());
    } catch (IOException e) {
      log.error(
          "this member cannot be compared with the others, for its own log cannot be read: have"
              + " another one lead (move-leader), then replace this one reason=\"{}\"",
          e.getMessage());
    }
  }

  private Verdict compare(List<Member> members, OptionalLong revision)
      throws IOException, InterruptedException {
    var verdict = comparison.compare(members, revision.orElse(0), this::isClosed);
    cluster.compared(
        !verdict.isAgreed()
            ? Result.DIFFERENT
            : verdict.isOfAll() ? Result.SAME : Result.INCOMPLETE);
    return verdict;
  }

  private void confirm(Verdict first, Verdict second) throws InterruptedException {
    var suspects = new ArrayList<>(second.suspects());
    suspects.retainAll(first.suspects());
    if (suspects.isEmpty()) {
      log.warn("no alarm, for it was not so again result=\"{}\"", second);
      return;
    }
    for (long suspect : suspects) {
      if (suspect == Verdict.NOBODY) {
        log.error(
            "members differ, and no majority agrees: writes are refused until the alarm is ended."
                + " Find out whose data is right (etcdctl endpoint hashkv, backups), replace the"
                + " other members (member remove, then member add with an empty --data-dir), then"
                + " end it (etcdctl alarm disarm) result=\"{}\"",
            second);
      } else {
        log.error(
            "member {} differs from the majority: writes are refused until the alarm is ended."
                + " Replace it (etcdctl member remove {}, then member add with an empty --data-dir),"
                + " then end the alarm (etcdctl alarm disarm) result=\"{}\"",
            Long.toHexString(suspect),
            Long.toHexString(suspect),
            second);
      }
      cluster.raise(suspect);
    }
  }

  private boolean isOld(OptionalLong revision) {
    return revision.orElse(0) != 0 && revision.getAsLong() == agreedOn;
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  /** Ends; waits for a comparison that is under way, so that it reads nothing that is closed. */
  @Override
  public void close() throws InterruptedException {
    closed.countDown();
    if (begun && !ended.await(END.toMillis(), TimeUnit.MILLISECONDS)) {
      log.warn("a comparison of members goes on for too long");
    }
  }
}

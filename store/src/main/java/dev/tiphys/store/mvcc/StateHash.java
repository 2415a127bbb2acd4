package dev.tiphys.store.mvcc;

import java.util.function.BooleanSupplier;

/**
 * A checksum of the revisions from a compaction up to a revision.
 *
 * @param value the checksum
 * @param compacted what was compacted by then does not count
 * @param revision the last one that counts
 */
public record StateHash(int value, long compacted, long revision) {
  /**
   * What a checksum is to be taken of.
   *
   * @param upTo the last revision; 0: the newest
   * @param compacted leave out what a compaction at this revision would, be it done here or not; no
   *     more than {@code upTo}. A later one that was done counts instead
   * @param numbered as etcd has it; else equal also for what the first format of segments wrote
   * @param unwanted becomes true when nobody waits for it any more; asked by the thread that sums
   *     up
   */
  public record Wanted(long upTo, long compacted, boolean numbered, BooleanSupplier unwanted) {
    /** What etcd's HashKV takes, however long that takes. */
    public static Wanted asEtcd(long upTo) {
      return new Wanted(upTo, 0, true, () -> false);
    }

    /** What members compare. */
    public static Wanted between(long upTo, long compacted, BooleanSupplier unwanted) {
      return new Wanted(upTo, compacted, false, unwanted);
    }
  }
}

package dev.tiphys.apiserver.storage;

import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the store forget its history, all but the last interval or two, so that it does not grow with
 * every write for ever. As upstream's does, and beside upstream's: API servers agree by the version
 * of one key, {@value Etcd#COMPACTION_KEY}. Once in each interval all of them try to raise it by
 * one from what they knew; who does so compacts at the revision that it saw an interval before. The
 * others learn the version and the revision, so that one of them compacts when the first is gone.
 *
 * <p>A store without space refuses the key to be written. Then everybody whose version still holds
 * compacts: that nobody else did is not certain, but done twice it does no harm, and only
 * compaction makes space again.
 *
 * <p>For one thread.
 */
final class Compactor {

  private static final Logger log = LoggerFactory.getLogger(Compactor.class);

  private final Etcd etcd;
  private long version;
  private long seen;

  /** Knows nothing yet, so that its first round compacts nothing. */
  Compactor(Etcd etcd) {
    this.etcd = etcd;
  }

  /**
   * Does its rounds.
   *
   * @param pause waits for one interval; false if there is to be no further round
   */
  void run(BooleanSupplier pause) {
    while (pause.getAsBoolean()) {
      try {
        round();
      } catch (StorageException e) {
        log.warn("event=compaction-failed revision={} error={}", seen, e.getMessage());
        log.debug("compaction failed", e);
      }
    }
  }

  /**
   * To be called once in each interval.
   *
   * @throws StorageException.Unavailable if the store does not do it
   */
  void round() {
    long before = seen;
    Etcd.Claim claim = etcd.claimCompaction(version, before);
    version = claim.version();
    seen = claim.revision();
    if (!claim.won() || before == 0) {
      return;
    }
    try {
      etcd.compact(before);
      log.debug("event=compacted revision={}", before);
    } catch (CompactedException e) {
      log.debug("compacted already revision={}", before, e);
    }
  }
}

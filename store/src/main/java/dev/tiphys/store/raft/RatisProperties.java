package dev.tiphys.store.raft;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** Our settings in Ratis' words, with the limits that keep its memory small. */
final class RatisProperties {
  private static final SizeInBytes SEGMENT = SizeInBytes.valueOf("16MB");
  private static final SizeInBytes PREALLOCATED = SizeInBytes.valueOf("256KB");
  private static final SizeInBytes CACHE = SizeInBytes.valueOf("8MB");

  /** What Ratis adds to an entry on disk. */
  private static final int LENGTH_AND_CHECKSUM = 8;

  private RatisProperties() {}

  static RaftProperties of(RaftSettings settings) {
    var p = new RaftProperties();
    RaftServerConfigKeys.setStorageDir(p, List.of(settings.directory().toFile()));
    log(p, settings);
    snapshots(p, settings);
    times(p, settings);
    RaftServerConfigKeys.RetryCache.setExpiryTime(p, seconds(2));
    p.set(RaftConfigKeys.Rpc.TYPE_KEY, PeerRpc.class.getName());
    return p;
  }

  private static void log(RaftProperties p, RaftSettings settings) {
    RaftServerConfigKeys.Log.setSegmentSizeMax(p, SEGMENT);
    RaftServerConfigKeys.Log.setPreallocatedSize(p, PREALLOCATED);
    RaftServerConfigKeys.Log.setForceSyncNum(p, RaftSegment.UNSYNCED);
    RaftServerConfigKeys.Log.setWriteBufferSize(
        p, SizeInBytes.valueOf(settings.maxEntryBytes() + LENGTH_AND_CHECKSUM));
    RaftServerConfigKeys.Log.Appender.setBufferByteLimit(
        p, SizeInBytes.valueOf(settings.maxEntryBytes()));
    RaftServerConfigKeys.Log.setUnsafeFlushEnabled(p, !settings.synced());
    // FollowerLog sees to it that nothing is answered too early; Ratis would have each append wait
    // until the one before it is synced, on two threads more.
    RaftServerConfigKeys.Log.setAppendEntriesComposeEnabled(p, false);
    // Or each commit would be an entry of its own, synced as any other.
    RaftServerConfigKeys.Log.setLogMetadataEnabled(p, false);
    // Entries are read again only by followers that lag; the newest segment is enough.
    RaftServerConfigKeys.Log.setSegmentCacheNumMax(p, 2);
    RaftServerConfigKeys.Log.setSegmentCacheSizeMax(p, CACHE);
  }

  private static void snapshots(RaftProperties p, RaftSettings settings) {
    RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(p, true);
    RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(p, settings.snapshotEntries());
    RaftServerConfigKeys.Snapshot.setCreationGap(p, 1);
    RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(p, false);
    RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(p, true);
    RaftServerConfigKeys.Log.setPurgeGap(p, 1);
    // A follower that was away for a moment finds what it missed without fetching all.
    RaftServerConfigKeys.Log.setPurgePreservationLogNum(p, settings.snapshotEntries() * 2);
    // The state is fetched by the follower, not sent by the leader.
    RaftServerConfigKeys.Log.Appender.setInstallSnapshotEnabled(p, false);
  }

  private static void times(RaftProperties p, RaftSettings settings) {
    var election = millis(settings.election().toMillis());
    var earliest = millis(settings.election().toMillis() / 2);
    RaftServerConfigKeys.Rpc.setTimeoutMin(p, earliest);
    RaftServerConfigKeys.Rpc.setTimeoutMax(p, election);
    // A lone member has nobody to wait for, and need not look often whether it still leads.
    RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(
        p, settings.alone() ? millis(20) : earliest);
    RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(
        p, settings.alone() ? millis(40) : election);
  }

  private static TimeDuration millis(long count) {
    return TimeDuration.valueOf(count, TimeUnit.MILLISECONDS);
  }

  private static TimeDuration seconds(long count) {
    return TimeDuration.valueOf(count, TimeUnit.SECONDS);
  }
}

package dev.tiphys.store.service;

import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.rpc.AlarmRequest;
import dev.tiphys.store.rpc.AlarmType;

/**
 * The bound on disk space. Past it the NOSPACE alarm is raised and writes are refused; reads,
 * deletes and compaction go on. An operator, or whoever compacts, ends the alarm by {@code alarm
 * disarm}.
 */
public final class Quota {
  private final Cluster cluster;
  private final long bytes;

  /** Takes the bound in bytes; 0 or less: none. */
  public Quota(Cluster cluster, long bytes) {
    this.cluster = cluster;
    this.bytes = bytes;
  }

  /** The bound in bytes; 0: none. */
  long bytes() {
    return Math.max(bytes, 0);
  }

  /** Whether a write of about {@code size} bytes would pass the bound. */
  boolean isPassedBy(int size) {
    return bytes > 0 && cluster.machine().bytes() + size > bytes;
  }

  /** Refuses a write of about {@code size} bytes when it would pass the bound. */
  void check(int size) throws InterruptedException {
    if (isPassedBy(size)) {
      cluster
          .raft()
          .propose(
              Command.newBuilder()
                  .setAlarm(
                      AlarmRequest.newBuilder()
                          .setAction(AlarmRequest.AlarmAction.ACTIVATE)
                          .setMemberID(cluster.memberId())
                          .setAlarm(AlarmType.NOSPACE))
                  .build());
      throw StoreError.NO_SPACE.exception();
    }
  }
}

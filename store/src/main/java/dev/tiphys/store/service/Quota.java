package dev.tiphys.store.service;

import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.rpc.AlarmRequest;
import dev.tiphys.store.rpc.AlarmType;
import java.util.function.BooleanSupplier;

/**
 * The bound on disk space. Past it the NOSPACE alarm is raised and writes are refused; reads,
 * deletes and compaction go on. The alarm ends by itself when there is space again, or by {@code
 * alarm disarm}.
 */
public final class Quota {
  private final Cluster cluster;
  private final long bytes;
  private final BooleanSupplier diskFull;

  /**
   * Takes the bound in bytes; 0 or less: none.
   *
   * @param diskFull tells when there is no room for puts, whatever the bound is
   */
  public Quota(Cluster cluster, long bytes, BooleanSupplier diskFull) {
    this.cluster = cluster;
    this.bytes = bytes;
    this.diskFull = diskFull;
  }

  /** The bound in bytes; 0: none. */
  long bytes() {
    return Math.max(bytes, 0);
  }

  /** Whether a write of about {@code size} bytes would pass the bound. */
  boolean isPassedBy(int size) {
    return diskFull.getAsBoolean() || isOver(size);
  }

  private boolean isOver(long size) {
    return bytes > 0 && cluster.machine().bytes() + size > bytes;
  }

  /** Refuses a write of about {@code size} bytes when it would pass the bound. */
  void check(int size) throws InterruptedException {
    if (isOver(size)) {
      raise();
      throw StoreError.NO_SPACE.exception();
    }
    if (diskFull.getAsBoolean()) {
      throw StoreError.NO_SPACE.exception();
    }
  }

  /** Raises this member's alarm, and waits until all know. */
  public void raise() throws InterruptedException {
    alarm(AlarmRequest.AlarmAction.ACTIVATE, cluster.memberId());
  }

  /** Ends this member's alarm, unless the bound is passed. */
  public void clear() throws InterruptedException {
    if (!isOver(0)) {
      alarm(AlarmRequest.AlarmAction.DEACTIVATE, cluster.memberId());
    }
  }

  /**
   * Ends this member's alarm, be it of an earlier run, when a tenth of the bound is free again; and
   * as the leader those of former members, who cannot end theirs. Not while the disk is full.
   */
  public void reconsider() throws InterruptedException {
    for (var alarm : cluster.machine().alarms()) {
      if (alarm.getAlarm() != AlarmType.NOSPACE) {
        continue;
      }
      if (alarm.getMemberID() == cluster.memberId()) {
        if (!isOver(bytes / 10)) {
          clear();
        }
      } else if (cluster.machine().isRemoved(alarm.getMemberID())
          && cluster.raft().leadingTerm() != 0) {
        alarm(AlarmRequest.AlarmAction.DEACTIVATE, alarm.getMemberID());
      }
    }
  }

  private void alarm(AlarmRequest.AlarmAction action, long member) throws InterruptedException {
    cluster
        .raft()
        .propose(
            Command.newBuilder()
                .setAlarm(
                    AlarmRequest.newBuilder()
                        .setAction(action)
                        .setMemberID(member)
                        .setAlarm(AlarmType.NOSPACE))
                .build());
  }
}

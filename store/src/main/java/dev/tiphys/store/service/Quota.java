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
  private volatile boolean raised;

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
      raised = true;
      raise();
      throw StoreError.NO_SPACE.exception();
    }
    if (diskFull.getAsBoolean()) {
      throw StoreError.NO_SPACE.exception();
    }
  }

  /** Raises this member's alarm, and waits until all know. */
  public void raise() throws InterruptedException {
    alarm(AlarmRequest.AlarmAction.ACTIVATE);
  }

  /** Ends this member's alarm, unless the bound is passed. */
  public void clear() throws InterruptedException {
    if (!isOver(0)) {
      raised = false;
      alarm(AlarmRequest.AlarmAction.DEACTIVATE);
    }
  }

  /** Ends an alarm that was for the bound, when a tenth of it is free again. */
  public void reconsider() throws InterruptedException {
    if (raised && !isOver(bytes / 10)) {
      clear();
    }
  }

  private void alarm(AlarmRequest.AlarmAction action) throws InterruptedException {
    cluster
        .raft()
        .propose(
            Command.newBuilder()
                .setAlarm(
                    AlarmRequest.newBuilder()
                        .setAction(action)
                        .setMemberID(cluster.memberId())
                        .setAlarm(AlarmType.NOSPACE))
                .build());
  }
}

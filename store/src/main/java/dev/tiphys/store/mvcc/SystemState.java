package dev.tiphys.store.mvcc;

import dev.tiphys.store.record.Checkpoint;
import dev.tiphys.store.record.LeaseRecord;
import dev.tiphys.store.record.MemberRecord;
import dev.tiphys.store.record.SystemChange;
import dev.tiphys.store.rpc.AlarmMember;
import dev.tiphys.store.rpc.AlarmType;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/**
 * What members agree on besides keys: leases, alarms, how far history is compacted. One thread
 * writes, any thread reads.
 */
final class SystemState {
  private final Leases leases = new Leases();
  private final ConcurrentSkipListSet<AlarmMember> alarms =
      new ConcurrentSkipListSet<>(
          Comparator.comparingLong(AlarmMember::getMemberID)
              .thenComparing(AlarmMember::getAlarmValue));
  private final Guard guard;
  private final ConcurrentSkipListMap<Long, MemberRecord> members = new ConcurrentSkipListMap<>();
  private final ConcurrentSkipListSet<Long> removed = new ConcurrentSkipListSet<>();
  private volatile long compacted;

  SystemState(Guard guard) {
    this.guard = guard;
  }

  Guard guard() {
    return guard;
  }

  Leases leases() {
    return leases;
  }

  List<AlarmMember> alarms() {
    return List.copyOf(alarms);
  }

  long compacted() {
    return compacted;
  }

  /** The members that were added or made themselves known. */
  List<MemberRecord> members() {
    return List.copyOf(members.values());
  }

  /** The member with a number; null when there is none. */
  @Nullable MemberRecord member(long id) {
    return members.get(id);
  }

  /** True for the number of a former member. */
  boolean isRemoved(long member) {
    return removed.contains(member);
  }

  /** True when any member raised an alarm of this kind. */
  boolean isRaised(AlarmType type) {
    for (var alarm : alarms) {
      if (alarm.getAlarm() == type) {
        return true;
      }
    }
    return false;
  }

  boolean isRaised(AlarmMember alarm) {
    return alarms.contains(alarm);
  }

  /** Carries out a change, now or at a replay; doing it twice is doing it once. */
  void apply(SystemChange change) {
    switch (change.getWhatCase()) {
      case LEASE_GRANTED ->
          leases.grant(change.getLeaseGranted().getId(), change.getLeaseGranted().getTtlSeconds());
      case LEASE_REVOKED -> leases.revoke(change.getLeaseRevoked());
      case COMPACTED -> compacted = Math.max(compacted, change.getCompacted());
      case ALARM_RAISED -> alarms.add(change.getAlarmRaised());
      case ALARM_CLEARED -> alarms.remove(change.getAlarmCleared());
      case AUTH -> guard.restore(change.getAuth());
      case MEMBER_SET -> members.put(change.getMemberSet().getId(), change.getMemberSet());
      case MEMBER_REMOVED -> {
        members.remove(change.getMemberRemoved());
        removed.add(change.getMemberRemoved());
      }
      case WHAT_NOT_SET -> {}
    }
  }

  /** Takes the state of a checkpoint. */
  void restore(Checkpoint checkpoint) {
    compacted = checkpoint.getCompacted();
    alarms.addAll(checkpoint.getAlarmsList());
    if (checkpoint.hasAuth()) {
      guard.restore(checkpoint.getAuth());
    }
    checkpoint.getMembersList().forEach(m -> members.put(m.getId(), m));
    removed.addAll(checkpoint.getRemovedMembersList());
    checkpoint.getLeasesList().forEach(l -> leases.grant(l.getId(), l.getTtlSeconds()));
  }

  /** Writes the state into a checkpoint. */
  void describe(Checkpoint.Builder checkpoint) {
    checkpoint.setCompacted(compacted).addAllAlarms(alarms);
    var rules = guard.describe();
    if (rules.getRevision() > 0) {
      checkpoint.setAuth(rules);
    }
    checkpoint.addAllMembers(members.values()).addAllRemovedMembers(removed);
    for (var lease : leases.all()) {
      checkpoint.addLeases(
          LeaseRecord.newBuilder().setId(lease.id()).setTtlSeconds(lease.ttlSeconds()));
    }
  }
}

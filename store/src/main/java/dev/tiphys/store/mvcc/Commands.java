package dev.tiphys.store.mvcc;

import com.google.protobuf.MessageLite;
import dev.tiphys.store.record.AuthCommand;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.record.LeaseRecord;
import dev.tiphys.store.record.MemberRecord;
import dev.tiphys.store.record.SystemChange;
import dev.tiphys.store.rpc.AlarmMember;
import dev.tiphys.store.rpc.AlarmRequest;
import dev.tiphys.store.rpc.AlarmResponse;
import dev.tiphys.store.rpc.AlarmType;
import dev.tiphys.store.rpc.CompactionRequest;
import dev.tiphys.store.rpc.CompactionResponse;
import dev.tiphys.store.rpc.LeaseGrantRequest;
import dev.tiphys.store.rpc.LeaseGrantResponse;
import dev.tiphys.store.rpc.LeaseRevokeRequest;
import dev.tiphys.store.rpc.LeaseRevokeResponse;
import dev.tiphys.store.rpc.MemberAddResponse;
import dev.tiphys.store.rpc.MemberRemoveResponse;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.PutResponse;
import dev.tiphys.store.rpc.TxnRequest;
import dev.tiphys.store.rpc.TxnResponse;
import java.io.IOException;
import java.util.Collections;

/**
 * Carries out the commands of one entry, one after the other. A command that is refused throws
 * {@link StoreException} before it has written anything.
 */
final class Commands {
  private final long term;
  private final Entry entry;
  private final SystemState system;
  private final Guard guard;
  private final Transactions transactions;

  /**
   * Takes the state.
   *
   * @param term in which the entry was ordered
   */
  Commands(long term, Entry entry, SystemState system, Transactions transactions) {
    this.term = term;
    this.entry = entry;
    this.system = system;
    this.guard = system.guard();
    this.transactions = transactions;
  }

  MessageLite carryOut(Command command) throws IOException {
    guard.check(command, system.leases());
    needTrust(command);
    return switch (command.getWhatCase()) {
      case PUT -> put(command.getPut());
      case DELETE_RANGE -> entry.delete(command.getDeleteRange());
      case TXN -> transact(command.getTxn());
      case COMPACT -> compact(command.getCompact());
      case LEASE_GRANT -> grant(command.getLeaseGrant());
      case LEASE_REVOKE -> {
        if (command.getLeaderTerm() != 0 && command.getLeaderTerm() != term) {
          throw StoreError.LEADER_CHANGED.exception();
        }
        yield revoke(command.getLeaseRevoke());
      }
      case ALARM -> alarm(command.getAlarm());
      case AUTH -> changeRules(command.getAuth());
      case MEMBER_SET -> setMember(command.getMemberSet());
      case MEMBER_REMOVED -> removeMember(command.getMemberRemoved());
      case WHAT_NOT_SET ->
          throw new IOException(
              "a command of a kind that this release does not know is in the Raft log; run the"
                  + " release that wrote it, or a newer one");
    };
  }

  private MessageLite changeRules(AuthCommand command) throws IOException {
    var decision = guard.decide(command);
    if (decision.record() != null) {
      change(SystemChange.newBuilder().setAuth(decision.record()));
    }
    return decision.response();
  }

  private MemberAddResponse setMember(MemberRecord member) throws IOException {
    if (system.isRemoved(member.getId())) {
      throw StoreError.MEMBER_NOT_FOUND.exception();
    }
    for (var other : system.members()) {
      if (other.getId() != member.getId()
          && !Collections.disjoint(other.getPeerUrlsList(), member.getPeerUrlsList())) {
        throw StoreError.PEER_URL_EXISTS.exception();
      }
    }
    change(SystemChange.newBuilder().setMemberSet(keepingWhatIsForGood(member)));
    return MemberAddResponse.newBuilder().setHeader(entry.header()).build();
  }

  /**
   * Who proposes a record has read it before, and it may have been changed since. A vote is never
   * taken back, and who was started stays so.
   */
  private MemberRecord keepingWhatIsForGood(MemberRecord member) {
    var known = system.member(member.getId());
    if (known == null) {
      return member;
    }
    var kept = member.toBuilder().setLearner(member.getLearner() && known.getLearner());
    if (member.getName().isEmpty()) {
      kept.setName(known.getName()).clearClientUrls().addAllClientUrls(known.getClientUrlsList());
    }
    return kept.build();
  }

  private MemberRemoveResponse removeMember(long member) throws IOException {
    if (system.isRemoved(member)) {
      throw StoreError.MEMBER_NOT_FOUND.exception();
    }
    change(SystemChange.newBuilder().setMemberRemoved(member));
    return MemberRemoveResponse.newBuilder().setHeader(entry.header()).build();
  }

  private PutResponse put(PutRequest put) throws IOException {
    needSpace();
    if (put.getLease() != 0 && !system.leases().exists(put.getLease())) {
      throw StoreError.LEASE_NOT_FOUND.exception();
    }
    if ((put.getIgnoreValue() || put.getIgnoreLease())
        && !entry.head(put.getKey().toByteArray()).exists()) {
      throw StoreError.KEY_NOT_FOUND.exception();
    }
    return entry.put(put);
  }

  private TxnResponse transact(TxnRequest request) throws IOException {
    if (Checks.mayPut(request)) {
      needSpace();
    }
    var decided = transactions.decide(request, entry.revision());
    transactions.check(decided, entry.revision(), system.compacted());
    return Transactions.run(decided, entry);
  }

  private CompactionResponse compact(CompactionRequest request) throws IOException {
    if (request.getRevision() <= system.compacted()) {
      throw StoreError.COMPACTED.exception();
    }
    if (request.getRevision() > entry.revision()) {
      throw StoreError.FUTURE_REVISION.exception();
    }
    change(SystemChange.newBuilder().setCompacted(request.getRevision()));
    return CompactionResponse.newBuilder().setHeader(entry.header()).build();
  }

  private LeaseGrantResponse grant(LeaseGrantRequest request) throws IOException {
    needSpace();
    if (system.leases().exists(request.getID())) {
      throw StoreError.LEASE_EXISTS.exception();
    }
    change(
        SystemChange.newBuilder()
            .setLeaseGranted(
                LeaseRecord.newBuilder().setId(request.getID()).setTtlSeconds(request.getTTL())));
    return LeaseGrantResponse.newBuilder()
        .setHeader(entry.header())
        .setID(request.getID())
        .setTTL(request.getTTL())
        .build();
  }

  /** Ends a lease with all keys bound to it, as one revision. */
  private LeaseRevokeResponse revoke(LeaseRevokeRequest request) throws IOException {
    if (!system.leases().exists(request.getID())) {
      throw StoreError.LEASE_NOT_FOUND.exception();
    }
    entry.deleteBoundTo(request.getID());
    change(SystemChange.newBuilder().setLeaseRevoked(request.getID()));
    return LeaseRevokeResponse.newBuilder().setHeader(entry.header()).build();
  }

  private AlarmResponse alarm(AlarmRequest request) throws IOException {
    var response = AlarmResponse.newBuilder().setHeader(entry.header());
    switch (request.getAction()) {
      case ACTIVATE -> {
        var alarm =
            AlarmMember.newBuilder()
                .setMemberID(request.getMemberID())
                .setAlarm(request.getAlarm())
                .build();
        if (alarm.getAlarm() != AlarmType.NONE) {
          if (!system.isRaised(alarm)) {
            change(SystemChange.newBuilder().setAlarmRaised(alarm));
          }
          response.addAlarms(alarm);
        }
      }
      case DEACTIVATE -> {
        for (var raised : system.alarms()) {
          if (isMeant(request, raised)) {
            change(SystemChange.newBuilder().setAlarmCleared(raised));
            response.addAlarms(raised);
          }
        }
      }
      case GET, UNRECOGNIZED -> response.addAllAlarms(system.alarms());
    }
    return response.build();
  }

  /** No member means all members, no alarm means all alarms. */
  private static boolean isMeant(AlarmRequest request, AlarmMember raised) {
    return (request.getMemberID() == 0 || request.getMemberID() == raised.getMemberID())
        && (request.getAlarm() == AlarmType.NONE || request.getAlarm() == raised.getAlarm());
  }

  private void change(SystemChange.Builder change) throws IOException {
    var built = change.build();
    entry.system(built);
    system.apply(built);
  }

  /** As etcd has it: while it is doubtful what the keys are, nothing is added to the doubt. */
  private void needTrust(Command command) {
    if (!system.isRaised(AlarmType.CORRUPT)) {
      return;
    }
    switch (command.getWhatCase()) {
      case PUT, DELETE_RANGE, TXN, COMPACT, LEASE_GRANT, LEASE_REVOKE ->
          throw StoreError.CORRUPT.exception();
      case ALARM, AUTH, MEMBER_SET, MEMBER_REMOVED, WHAT_NOT_SET -> {}
    }
  }

  private void needSpace() {
    if (system.isRaised(AlarmType.NOSPACE)) {
      throw StoreError.NO_SPACE.exception();
    }
  }
}

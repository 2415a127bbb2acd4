package dev.tiphys.store;

import dev.tiphys.store.audit.Comparison;
import dev.tiphys.store.audit.CorruptionWatch;
import dev.tiphys.store.audit.InitialCheck;
import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.peer.PeerLinks;
import dev.tiphys.store.raft.CatchingUp;
import dev.tiphys.store.raft.Member;
import dev.tiphys.store.raft.RaftNode;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.rpc.AlarmRequest;
import dev.tiphys.store.rpc.AlarmType;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;

/** The checks that flags ask for, put together. */
final class Audits {
  private Audits() {}

  /**
   * Compares this member with those of the others that answer, before it takes part.
   *
   * @param here this member's state, and how it comes as far as others
   * @param described the members that flags name
   * @throws IOException when it differs from them
   */
  static void beforeTakingPart(
      StoreConfig config,
      Identity identity,
      CatchingUp here,
      List<Member> described,
      ExecutorService threads)
      throws IOException {
    var machine = here.machine();
    var members = new LinkedHashMap<Long, Member>();
    described.forEach(member -> members.put(member.id(), member));
    machine
        .members()
        .forEach(
            m -> members.put(m.getId(), new Member(m.getId(), m.getName(), m.getPeerUrlsList())));
    members.keySet().removeIf(machine::isRemoved);
    if (!config.checks().initial() || machine.isBlank() || members.size() < 2) {
      return;
    }
    try (var links = new PeerLinks(config.peerTls().orElse(null), threads)) {
      InitialCheck.run(
          new Comparison(
              identity.cluster(),
              identity.member(),
              here,
              (url, question) -> links.sum(url, question, Limits.STATE_SUM),
              threads,
              Duration.ZERO),
          List.copyOf(members.values()),
          identity.member());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while comparing this member with the others");
    }
  }

  /** What is to run while this member takes part. */
  static List<CorruptionWatch> of(
      StoreConfig config,
      Identity identity,
      CatchingUp here,
      RaftNode raft,
      Measurements measurements,
      ExecutorService threads) {
    var machine = here.machine();
    var comparison =
        new Comparison(
            identity.cluster(),
            identity.member(),
            here,
            (url, question) ->
                raft.links()
                    .orElseThrow(StoreError.NO_LEADER::exception)
                    .sum(url, question, Limits.STATE_SUM),
            threads,
            Limits.SAME_ENTRY);
    var cluster = cluster(machine, raft, measurements);
    var watches = new ArrayList<CorruptionWatch>();
    config
        .checks()
        .every()
        .ifPresent(every -> watches.add(CorruptionWatch.ofAll(every, comparison, cluster)));
    config
        .checks()
        .compacted()
        .ifPresent(every ->
            watches.add(
                CorruptionWatch.ofCompacted(every, comparison, cluster, machine::compacted)));
    return watches;
  }

  private static CorruptionWatch.Cluster cluster(
      Machine machine, RaftNode raft, Measurements measurements) {
    return new CorruptionWatch.Cluster() {
      @Override
      public boolean isLed() {
        return raft.leadingTerm() != 0;
      }

      @Override
      public List<Member> members() {
        return raft.members().stream()
            .map(m -> new Member(m.getId(), m.getName(), m.getPeerUrlsList()))
            .toList();
      }

      @Override
      public void compared(CorruptionWatch.Result result) {
        measurements.compared(result.name().toLowerCase(Locale.ROOT));
      }

      @Override
      public void raise(long member) throws InterruptedException {
        // That nobody knows who is wrong adds nothing to an alarm that stands.
        boolean raised =
            machine.alarms().stream()
                .anyMatch(a ->
                    a.getAlarm() == AlarmType.CORRUPT
                        && (a.getMemberID() == member || member == 0));
        if (!raised) {
          raft.propose(
              Command.newBuilder()
                  .setAlarm(
                      AlarmRequest.newBuilder()
                          .setAction(AlarmRequest.AlarmAction.ACTIVATE)
                          .setMemberID(member)
                          .setAlarm(AlarmType.CORRUPT))
                  .build());
        }
      }
    };
  }
}

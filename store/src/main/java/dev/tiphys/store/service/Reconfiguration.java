package dev.tiphys.store.service;

import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.mvcc.StoreException;
import dev.tiphys.store.raft.RollCall;
import dev.tiphys.store.record.MemberRecord;
import java.util.List;

/**
 * Which changes of members are refused because the cluster might come to a stop by them: etcd's
 * {@code --strict-reconfig-check}, and its rule for learners. A member counts as started when it
 * has a name.
 *
 * @param members all of them
 * @param roll who answered the leader
 */
record Reconfiguration(List<MemberRecord> members, RollCall roll) {
  /** The part of the leader's log, in percent, that a learner must have to be promoted. */
  private static final int READY_PERCENT = 90;

  Reconfiguration {
    members = List.copyOf(members);
  }

  /**
   * Adding a member.
   *
   * @throws StoreException when a majority would count on one that was never started, or one with a
   *     vote is missing
   */
  void checkAdd(boolean learner) {
    long voters = voters().size();
    boolean second = voters == 1 && started() == 1;
    if (!learner && !second && started() < majority(voters + 1)) {
      throw StoreError.NOT_ENOUGH_STARTED_MEMBERS.exception();
    }
    if (!voters().stream().allMatch(this::isPresent)) {
      throw StoreError.UNHEALTHY.exception();
    }
  }

  /**
   * Removing a member. One that is missing may always go, if enough others were started.
   *
   * @throws StoreException when those that are left have no majority
   */
  void checkRemove(MemberRecord leaving) {
    if (leaving.getLearner()) {
      return;
    }
    var left = voters().stream().filter(member -> member.getId() != leaving.getId()).toList();
    if (left.stream().filter(Reconfiguration::isStarted).count() < majority(left.size())) {
      throw StoreError.NOT_ENOUGH_STARTED_MEMBERS.exception();
    }
    if (isPresent(leaving)
        && left.stream().filter(this::isPresent).count() < majority(left.size())) {
      throw StoreError.UNHEALTHY.exception();
    }
  }

  /**
   * Giving a learner its vote.
   *
   * @throws StoreException when a majority would count on a member that was never started
   */
  void checkPromote() {
    if (started() + 1 < majority(voters().size() + 1L)) {
      throw StoreError.NOT_ENOUGH_STARTED_MEMBERS.exception();
    }
  }

  /**
   * Whether a learner can vote, whatever the flags say.
   *
   * @throws StoreException when it does not answer, or lacks too much
   */
  void checkReady(MemberRecord learner) {
    var synced = roll.present().get(learner.getId());
    if (synced == null || synced * 100 < roll.index() * READY_PERCENT) {
      throw StoreError.LEARNER_NOT_READY.exception();
    }
  }

  private List<MemberRecord> voters() {
    return members.stream().filter(member -> !member.getLearner()).toList();
  }

  private long started() {
    return voters().stream().filter(Reconfiguration::isStarted).count();
  }

  private static boolean isStarted(MemberRecord member) {
    return !member.getName().isEmpty();
  }

  private boolean isPresent(MemberRecord member) {
    return roll.present().containsKey(member.getId());
  }

  private static long majority(long of) {
    return of / 2 + 1;
  }
}

package dev.tiphys.store.raft;

import dev.tiphys.store.mvcc.StoreError;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * Knows, while this member leads, that it really does: a majority has answered a call that was made
 * after the question. Ratis has the like, but takes an answer for as good as new when nothing was
 * written since; a leader that slept through an election would answer from the past. Thread-safe.
 */
final class Leadership {
  private final RaftPeerId self;
  private final AtomicLong calls = new AtomicLong();
  private final Map<RaftPeerId, Appender> appenders = new ConcurrentHashMap<>();
  private final List<Question> questions = new ArrayList<>();

  /** Who has answered a call that was made after the question. */
  private record Question(
      long since, long asked, Set<RaftPeerId> heard, CompletableFuture<Void> answer) {}

  private volatile @Nullable Gathering gathering;

  Leadership(RaftPeerId self) {
    this.self = self;
  }

  /** Takes where entries come from. */
  void orders(Gathering entries) {
    gathering = entries;
  }

  /** True when another entry will follow soon. */
  boolean moreComes() {
    var entries = gathering;
    return entries != null && entries.hasMore();
  }

  /** The number of the next call to a follower: larger than all before. */
  long nextCall() {
    return calls.getAndIncrement();
  }

  /** The number that the next call will at least have. */
  long calls() {
    return calls.get();
  }

  /** Takes who brings a follower up to date from now on. */
  void follows(RaftPeerId follower, Appender appender) {
    appenders.put(follower, appender);
  }

  /** Who brings a member up to date; null when this member never led it. */
  @Nullable Appender of(RaftPeerId follower) {
    return appenders.get(follower);
  }

  /**
   * Completes when a majority has confirmed that this member leads; fails when it does not any
   * more, or {@link #giveUp} finds that it took too long.
   *
   * @param nanos a steady clock's
   */
  CompletableFuture<Void> confirm(RaftConfiguration members, long nanos) {
    var question = new Question(calls.get(), nanos, new HashSet<>(), new CompletableFuture<>());
    synchronized (questions) {
      if (isMajority(question.heard, members)) {
        return CompletableFuture.completedFuture(null);
      }
      questions.add(question);
    }
    for (var voter : members.getAllPeers()) {
      var appender = appenders.get(voter.getId());
      if (appender != null) {
        appender.triggerHeartbeat();
      }
    }
    return question.answer;
  }

  /** A follower has answered, as a follower of this member. */
  void heard(RaftPeerId follower, long call, Supplier<RaftConfiguration> members) {
    List<Question> answered = List.of();
    synchronized (questions) {
      for (Iterator<Question> i = questions.iterator(); i.hasNext(); ) {
        var question = i.next();
        if (call >= question.since) {
          question.heard.add(follower);
          if (isMajority(question.heard, members.get())) {
            i.remove();
            answered = new ArrayList<>(answered);
            answered.add(question);
          }
        }
      }
    }
    answered.forEach(question -> question.answer.complete(null));
  }

  /** Fails the questions that were asked before a time of the steady clock. */
  void giveUp(long before) {
    List<Question> late;
    synchronized (questions) {
      late = questions.stream().filter(question -> question.asked - before < 0).toList();
      questions.removeAll(late);
    }
    late.forEach(q -> q.answer.completeExceptionally(StoreError.LEADER_CHANGED.exception()));
  }

  /** Also of those who counted before a change of members that is under way. */
  private boolean isMajority(Set<RaftPeerId> heard, RaftConfiguration members) {
    return isMajorityOf(members.getCurrentPeers(), heard)
        && isMajorityOf(members.getPreviousPeers(), heard);
  }

  private boolean isMajorityOf(Iterable<RaftPeer> voters, Set<RaftPeerId> heard) {
    int all = 0;
    int yes = 0;
    for (var voter : voters) {
      all++;
      if (voter.getId().equals(self) || heard.contains(voter.getId())) {
        yes++;
      }
    }
    return all == 0 || yes > all / 2;
  }
}

package dev.tiphys.store.raft;

import dev.tiphys.store.mvcc.StoreError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
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
  private static final List<RaftPeerRole> VOTERS = List.of(RaftPeerRole.FOLLOWER);
  private static final List<RaftPeerRole> ALL =
      List.of(RaftPeerRole.FOLLOWER, RaftPeerRole.LISTENER);

  private final RaftPeerId self;
  private final AtomicLong calls = new AtomicLong();
  private final Map<RaftPeerId, Appender> appenders = new ConcurrentHashMap<>();
  private final List<Question> questions = new ArrayList<>();

  /** Who has answered a call that was made after the question, in the term of the question. */
  private record Question(
      long since,
      long term,
      long asked,
      Set<RaftPeerId> heard,
      BiPredicate<Set<RaftPeerId>, RaftConfiguration> enough,
      CompletableFuture<Void> answer) {}

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
   * @param term in which it leads, as it believes; who leads again later may not know yet what was
   *     acknowledged meanwhile
   * @param nanos a steady clock's
   */
  CompletableFuture<Void> confirm(long term, RaftConfiguration members, long nanos) {
    return ask(term, members, nanos, this::isMajority, VOTERS).answer;
  }

  /**
   * Waits until all members, those without a vote too, have answered a call that was made after
   * this one; returns those that did when they take longer.
   *
   * @param term as of {@link #confirm}
   * @param nanos a steady clock's
   * @param patience the longest wait
   * @throws dev.tiphys.store.mvcc.StoreException when this member does not lead any more
   */
  Set<RaftPeerId> present(long term, RaftConfiguration members, long nanos, Duration patience)
      throws InterruptedException {
    var question = ask(term, members, nanos, this::isEverybody, ALL);
    try {
      question.answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      // Those that are there have answered.
    } catch (ExecutionException e) {
      throw StoreError.LEADER_CHANGED.exception();
    }
    synchronized (questions) {
      questions.remove(question);
      question.heard.add(self);
      return Set.copyOf(question.heard);
    }
  }

  private Question ask(
      long term,
      RaftConfiguration members,
      long nanos,
      BiPredicate<Set<RaftPeerId>, RaftConfiguration> enough,
      List<RaftPeerRole> asked) {
    var question =
        new Question(calls.get(), term, nanos, new HashSet<>(), enough, new CompletableFuture<>());
    synchronized (questions) {
      if (enough.test(question.heard, members)) {
        question.answer.complete(null);
        return question;
      }
      questions.add(question);
    }
    for (var role : asked) {
      for (var member : members.getAllPeers(role)) {
        var appender = appenders.get(member.getId());
        if (appender != null) {
          appender.triggerHeartbeat();
        }
      }
    }
    return question;
  }

  /**
   * A follower has answered, as a follower of this member.
   *
   * @param call the number of the call that it answered
   * @param term in which this member led when it made the call
   */
  void heard(RaftPeerId follower, long call, long term, Supplier<RaftConfiguration> members) {
    var answered = new ArrayList<Question>();
    var past = new ArrayList<Question>();
    synchronized (questions) {
      for (Iterator<Question> i = questions.iterator(); i.hasNext(); ) {
        var question = i.next();
        if (term > question.term) {
          i.remove();
          past.add(question);
        } else if (term == question.term && call >= question.since) {
          question.heard.add(follower);
          if (question.enough.test(question.heard, members.get())) {
            i.remove();
            answered.add(question);
          }
        }
      }
    }
    answered.forEach(question -> question.answer.complete(null));
    fail(past);
  }

  /** Fails the questions that were asked before a time of the steady clock. */
  void giveUp(long before) {
    List<Question> late;
    synchronized (questions) {
      late = questions.stream().filter(question -> question.asked - before < 0).toList();
      questions.removeAll(late);
    }
    fail(late);
  }

  private static void fail(List<Question> questions) {
    questions.forEach(q -> q.answer.completeExceptionally(StoreError.LEADER_CHANGED.exception()));
  }

  private boolean isEverybody(Set<RaftPeerId> heard, RaftConfiguration members) {
    return ALL.stream()
        .flatMap(role -> members.getAllPeers(role).stream())
        .map(RaftPeer::getId)
        .allMatch(member -> member.equals(self) || heard.contains(member));
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

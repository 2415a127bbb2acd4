package dev.tiphys.store.raft;

import dev.tiphys.store.mvcc.StoreException;
import dev.tiphys.store.peer.PeerUrl;
import dev.tiphys.store.record.MemberRecord;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings who orders into line with who are said to be members, one change at a time, while this
 * member leads. A member that was added begins to count when it is there to be brought up to date:
 * until then it is neither waited for nor missed.
 */
final class Roster {
  private static final Logger log = LoggerFactory.getLogger(Roster.class);

  private final Supplier<List<MemberRecord>> members;
  private final LongPredicate removed;
  private final Predicate<String> isThere;
  private final Executor threads;
  private final AtomicBoolean looking = new AtomicBoolean();
  private final Set<String> unusable = ConcurrentHashMap.newKeySet();

  /** Who orders. */
  interface Electorate {
    /** True while this member leads, and its word counts. */
    boolean isLed();

    /** Who takes part now. */
    Peers.Configuration current();

    /** Changes who takes part; blocks until that counts. */
    void change(Peers.Configuration wanted) throws InterruptedException, IOException;
  }

  /**
   * Takes who are said to be members, and which numbers were; whether one answers at a peer URL,
   * which may take a while; and what runs that.
   */
  Roster(
      Supplier<List<MemberRecord>> members,
      LongPredicate removed,
      Predicate<String> isThere,
      Executor threads) {
    this.members = members;
    this.removed = removed;
    this.isThere = isThere;
    this.threads = threads;
  }

  /** Begins to look, and to do what is due, unless that is under way. Does not wait. */
  void tick(Electorate electorate) {
    if (!electorate.isLed() || !looking.compareAndSet(false, true)) {
      return;
    }
    try {
      threads.execute(() -> {
        try {
          look(electorate);
        } finally {
          looking.set(false);
        }
      });
    } catch (RejectedExecutionException e) {
      log.debug("not looked at the members: this one is stopping");
    }
  }

  private void look(Electorate electorate) {
    try {
      var wanted = next(electorate.current());
      if (wanted.isPresent()) {
        electorate.change(wanted.get());
        log.info(
            "reconfigured voters={} learners={}",
            wanted.get().voters().values(),
            wanted.get().learners().values());
      }
    } catch (StoreException | IOException e) {
      log.info("not reconfigured yet reason=\"{}\"", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the end
    } catch (RuntimeException e) {
      log.error("not reconfigured", e); // the leader is worth more than the change
    }
  }

  private Optional<Peers.Configuration> next(Peers.Configuration current) {
    var changed = addressed(current);
    for (long member : current.voters().keySet()) {
      if (removed.test(member)) {
        changed.voters().remove(member);
        return Optional.of(changed);
      }
    }
    for (long member : current.learners().keySet()) {
      if (removed.test(member)) {
        changed.learners().remove(member);
        return Optional.of(changed);
      }
    }
    for (var member : members.get()) {
      if (adopt(member, changed)) {
        return Optional.of(changed);
      }
    }
    return Optional.empty();
  }

  /** With addresses as they are registered: a new member begins with those that it is given. */
  private Peers.Configuration addressed(Peers.Configuration current) {
    var copy = current.copy();
    for (var member : members.get()) {
      if (member.getPeerUrlsCount() > 0 && isUsable(member, member.getPeerUrls(0))) {
        copy.voters().replace(member.getId(), member.getPeerUrls(0));
        copy.learners().replace(member.getId(), member.getPeerUrls(0));
      }
    }
    return copy;
  }

  /**
   * Returns true when the member makes a change due. That it only moved is none: {@link
   * AddressBook} sees to that.
   */
  private boolean adopt(MemberRecord member, Peers.Configuration changed) {
    if (member.getPeerUrlsCount() == 0) {
      return false;
    }
    long id = member.getId();
    var url = member.getPeerUrls(0);
    var place = member.getLearner() ? changed.learners() : changed.voters();
    if (place.containsKey(id) || !isUsable(member, url) || !isThere.test(url)) {
      return false;
    }
    // A learner that is promoted leaves first and comes as if it were new: else Ratis would go on
    // telling it that it is being brought up to date, and such a one does not vote.
    if (changed.learners().remove(id) == null) {
      changed.voters().remove(id);
      place.put(id, url);
    }
    return true;
  }

  /** Releases before this one took any text for a URL, and what they wrote stays. */
  private boolean isUsable(MemberRecord member, String url) {
    if (PeerUrl.parse(url).isPresent()) {
      return true;
    }
    if (unusable.add(url)) {
      log.error(
          "member {} cannot be reached at \"{}\", which is no http://HOST:PORT: give it another URL"
              + " (etcdctl member update), or remove it",
          Long.toHexString(member.getId()),
          url);
    }
    return false;
  }
}

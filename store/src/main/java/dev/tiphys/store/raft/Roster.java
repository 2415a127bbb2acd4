package dev.tiphys.store.raft;

import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.mvcc.StoreException;
import dev.tiphys.store.peer.Introduction;
import dev.tiphys.store.peer.PeerLinks;
import dev.tiphys.store.record.MemberRecord;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings who orders into line with who are said to be members, one change at a time, while this
 * member leads. A member that was added begins to count when it is there to be brought up to date:
 * until then it is neither waited for nor missed.
 */
final class Roster {
  private static final Logger log = LoggerFactory.getLogger(Roster.class);
  private static final Duration ANSWER = Duration.ofSeconds(1);

  private final Machine machine;
  private final PeerLinks links;

  Roster(Machine machine, PeerLinks links) {
    this.machine = machine;
    this.links = links;
  }

  /** Looks once, and does what is due. */
  void tick(Quorum quorum) throws InterruptedException {
    if (!quorum.status().leading()) {
      return;
    }
    var current = Peers.Configuration.of(quorum.division().getRaftConf());
    var wanted = next(current);
    if (wanted.isEmpty()) {
      return;
    }
    try {
      quorum.client().reconfigure(wanted.get());
      log.info(
          "reconfigured voters={} learners={}",
          wanted.get().voters().values(),
          wanted.get().learners().values());
    } catch (StoreException | IOException e) {
      log.info("not reconfigured yet reason=\"{}\"", e.getMessage());
    }
  }

  private Optional<Peers.Configuration> next(Peers.Configuration current) {
    var changed = current.copy();
    for (long member : current.voters().keySet()) {
      if (machine.isRemoved(member)) {
        changed.voters().remove(member);
        return Optional.of(changed);
      }
    }
    for (long member : current.learners().keySet()) {
      if (machine.isRemoved(member)) {
        changed.learners().remove(member);
        return Optional.of(changed);
      }
    }
    for (var member : machine.members()) {
      if (adopt(member, current, changed)) {
        return Optional.of(changed);
      }
    }
    return Optional.empty();
  }

  /** Returns true when the member makes a change due. */
  private boolean adopt(
      MemberRecord member, Peers.Configuration current, Peers.Configuration changed) {
    if (member.getPeerUrlsCount() == 0) {
      return false;
    }
    long id = member.getId();
    var url = member.getPeerUrls(0);
    var place = member.getLearner() ? changed.learners() : changed.voters();
    if (url.equals(place.get(id)) || (!current.has(id) && !answers(url))) {
      return false;
    }
    changed.voters().remove(id);
    changed.learners().remove(id);
    place.put(id, url);
    return true;
  }

  private boolean answers(String url) {
    try {
      links.introduce(url, Introduction.getDefaultInstance(), ANSWER);
      return true;
    } catch (StatusRuntimeException e) {
      log.debug("not there yet member={} reason=\"{}\"", url, e.getStatus());
      return false;
    }
  }
}

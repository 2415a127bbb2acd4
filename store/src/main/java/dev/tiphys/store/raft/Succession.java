package dev.tiphys.store.raft;

import dev.tiphys.store.peer.Introduction;
import dev.tiphys.store.peer.Pause;
import dev.tiphys.store.peer.PeerLinks;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands for election at once when the leader's process has ended: its connections break, and its
 * port is closed. Whoever else is silent is waited for, as long as --election-timeout says. One
 * survivor goes first, so that they do not divide the votes.
 */
final class Succession {
  private static final Logger log = LoggerFactory.getLogger(Succession.class);

  /** A connection that was broken may show only at the second call that it is refused now. */
  private static final int KNOCKS = 3;

  private static final Duration KNOCK = Duration.ofMillis(200);
  private static final Duration BETWEEN_KNOCKS = Duration.ofMillis(10);

  /** How much later each next survivor stands: an election takes less. */
  private static final Duration PRECEDENCE = Duration.ofMillis(200);

  private final RaftServer server;
  private final RaftServer.Division division;
  private final PeerLinks links;
  private final Pause pause;
  private final AtomicBoolean considering = new AtomicBoolean();

  Succession(RaftServer server, RaftServer.Division division, PeerLinks links, Pause pause) {
    this.server = server;
    this.division = division;
    this.links = links;
    this.pause = pause;
  }

  /**
   * A member has gone away: looks whether it was the leader, and if so does what is due. Blocks.
   */
  void consider() {
    if (!considering.compareAndSet(false, true)) {
      return;
    }
    try {
      var leader = division.getInfo().getLeaderId();
      var peer = leader == null ? null : division.getRaftConf().getPeer(leader);
      if (peer == null || !division.getInfo().isFollower() || !isClosed(peer.getAddress())) {
        return;
      }
      pause.sleep(PRECEDENCE.multipliedBy(survivorsBefore(leader)));
      if (leader.equals(division.getInfo().getLeaderId())) {
        log.info("the leader has ended: standing for election leader={}", leader);
        stand(leader);
      }
    } catch (IOException e) {
      log.info("no election yet reason=\"{}\"", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the end of this member
    } finally {
      considering.set(false);
    }
  }

  private boolean isClosed(String url) throws InterruptedException {
    for (int i = 0; i < KNOCKS; i++) {
      try {
        links.introduce(url, Introduction.getDefaultInstance(), KNOCK);
        return false;
      } catch (StatusRuntimeException e) {
        if (isRefused(e)) {
          return true;
        }
      }
      pause.sleep(BETWEEN_KNOCKS);
    }
    return false;
  }

  private static boolean isRefused(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConnectException) {
        return true;
      }
    }
    return false;
  }

  private long survivorsBefore(RaftPeerId leader) {
    return division.getRaftConf().getCurrentPeers().stream()
        .map(RaftPeer::getId)
        .filter(id -> !id.equals(leader) && id.toString().compareTo(self().toString()) < 0)
        .count();
  }

  /** As if the leader had asked this member to take over. */
  private void stand(RaftPeerId leader) throws IOException {
    var last = division.getRaftLog().getLastEntryTermIndex();
    if (last == null) {
      return;
    }
    server.startLeaderElection(
        StartLeaderElectionRequestProto.newBuilder()
            .setServerRequest(
                RaftRpcRequestProto.newBuilder()
                    .setRequestorId(leader.toByteString())
                    .setReplyId(self().toByteString())
                    .setRaftGroupId(
                        RaftGroupIdProto.newBuilder()
                            .setId(division.getGroup().getGroupId().toByteString())))
            .setLeaderLastEntry(
                TermIndexProto.newBuilder().setTerm(last.getTerm()).setIndex(last.getIndex()))
            .build());
  }

  private RaftPeerId self() {
    return division.getMemberId().getPeerId();
  }
}

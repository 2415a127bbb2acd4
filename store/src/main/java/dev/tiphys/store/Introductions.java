package dev.tiphys.store;

import dev.tiphys.daemon.ConfigException;
import dev.tiphys.store.peer.Acquaintance;
import dev.tiphys.store.peer.Introduction;
import dev.tiphys.store.peer.Pause;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a member that was added to a cluster learns which cluster that is, and its own number. */
final class Introductions {
  private static final Logger log = LoggerFactory.getLogger(Introductions.class);

  private final Asking asking;
  private final Pause pause;

  /** Asks a member; throws {@link StatusRuntimeException} when it does not answer. */
  @FunctionalInterface
  interface Asking {
    Acquaintance introduce(String url, Introduction introduction);
  }

  /** Takes who asks, and what passes the time between two rounds. */
  Introductions(Asking asking, Pause pause) {
    this.asking = asking;
    this.pause = pause;
  }

  /**
   * Asks the other members, again and again for a while.
   *
   * @param self the peer URLs under which this member was added
   * @param others the peer URLs of the others
   * @throws ConfigException when none answers, or none knows this member
   */
  Identity ask(List<String> self, List<String> others) throws InterruptedException {
    var introduction = Introduction.newBuilder().addAllPeerUrls(self).build();
    boolean answered = false;
    for (int round = 0; round < Limits.INTRODUCTIONS; round++) {
      for (var url : others) {
        try {
          var known = asking.introduce(url, introduction);
          answered = true;
          if (!known.getCluster().isEmpty()) {
            return new Identity(UUID.fromString(known.getCluster()), known.getMember(), false);
          }
        } catch (StatusRuntimeException e) {
          log.debug("not introduced yet by={} reason=\"{}\"", url, e.getStatus());
        }
      }
      pause.sleep(Limits.INTRODUCTION_PAUSE);
    }
    throw ConfigException.flag(
        "--initial-cluster-state",
        answered
            ? "is existing, but the cluster has no member with the peer URLs "
                + self
                + ": add it first (etcdctl member add)"
            : "is existing, but none of the other members of --initial-cluster answers");
  }
}

package dev.tiphys.store;

import dev.tiphys.daemon.ConfigException;
import dev.tiphys.store.peer.Introduction;
import dev.tiphys.store.peer.PeerLinks;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a member that was added to a cluster learns which cluster that is, and its own number. */
final class Introductions {
  private static final Logger log = LoggerFactory.getLogger(Introductions.class);

  private Introductions() {}

  /**
   * Asks the other members that --initial-cluster names, again and again for a while.
   *
   * @throws ConfigException when none answers, or none knows this member
   */
  static Identity ask(StoreConfig config) {
    var introduction = Introduction.newBuilder().addAllPeerUrls(config.peerUrls()).build();
    boolean answered = false;
    try (var links = new PeerLinks(config.peerTls().orElse(null), Runnable::run)) {
      for (int round = 0; round < Limits.INTRODUCTIONS; round++) {
        for (var url : others(config)) {
          try {
            var known = links.introduce(url, introduction, Limits.INTRODUCTION);
            answered = true;
            if (!known.getCluster().isEmpty()) {
              return new Identity(UUID.fromString(known.getCluster()), known.getMember());
            }
          } catch (StatusRuntimeException e) {
            log.debug("not introduced yet by={} reason=\"{}\"", url, e.getStatus());
          }
        }
        Thread.sleep(Limits.INTRODUCTION_PAUSE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw ConfigException.flag(
        "--initial-cluster-state",
        answered
            ? "is existing, but the cluster has no member with the peer URLs "
                + config.peerUrls()
                + ": add it first (etcdctl member add)"
            : "is existing, but none of the other members of --initial-cluster answers");
  }

  private static List<String> others(StoreConfig config) {
    return config.initialMembers().stream()
        .filter(member -> !member.name().equals(config.name()))
        .flatMap(member -> member.peerUrls().stream())
        .toList();
  }
}

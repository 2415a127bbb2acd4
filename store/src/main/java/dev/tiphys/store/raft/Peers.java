package dev.tiphys.store.raft;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.server.RaftConfiguration;

/** Members as Ratis sees them. */
final class Peers {
  private Peers() {}

  static RaftPeerId id(long member) {
    return RaftPeerId.valueOf(Long.toHexString(member));
  }

  static long number(RaftPeerId id) {
    return Long.parseUnsignedLong(id.toString(), 16);
  }

  static RaftPeer voter(long member, List<String> urls) {
    return peer(member, urls, RaftPeerRole.FOLLOWER);
  }

  private static RaftPeer peer(long member, List<String> urls, RaftPeerRole role) {
    return RaftPeer.newBuilder()
        .setId(id(member))
        .setAddress(urls.isEmpty() ? "" : urls.getFirst())
        .setStartupRole(role)
        .build();
  }

  /** Who votes and who learns, with the peer URL of each. */
  record Configuration(Map<Long, String> voters, Map<Long, String> learners) {
    static Configuration of(RaftConfiguration conf) {
      return new Configuration(
          urls(conf, RaftPeerRole.FOLLOWER), urls(conf, RaftPeerRole.LISTENER));
    }

    private static Map<Long, String> urls(RaftConfiguration conf, RaftPeerRole role) {
      var urls = new LinkedHashMap<Long, String>();
      conf.getCurrentPeers(role).forEach(p -> urls.put(number(p.getId()), p.getAddress()));
      return urls;
    }

    boolean has(long member) {
      return voters.containsKey(member) || learners.containsKey(member);
    }

    Configuration copy() {
      return new Configuration(new LinkedHashMap<>(voters), new LinkedHashMap<>(learners));
    }

    SetConfigurationRequest request(
        ClientId client, RaftPeerId self, RaftGroupId group, long call) {
      return new SetConfigurationRequest(
          client,
          self,
          group,
          call,
          SetConfigurationRequest.Arguments.newBuilder()
              .setServersInNewConf(peers(voters, RaftPeerRole.FOLLOWER))
              .setListenersInNewConf(peers(learners, RaftPeerRole.LISTENER))
              .setMode(SetConfigurationRequest.Mode.SET_UNCONDITIONALLY)
              .build());
    }

    private static List<RaftPeer> peers(Map<Long, String> urls, RaftPeerRole role) {
      return urls.entrySet().stream()
          .map(e -> peer(e.getKey(), List.of(e.getValue()), role))
          .toList();
    }
  }
}

package dev.tiphys.store.raft;

import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.peer.PeerUrl;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.protocol.RaftPeer;

/**
 * Where members are reached: as they are registered. Ratis has addresses too, but those of the last
 * change of who takes part; it takes no note of a member that only moves. Thread-safe.
 */
final class AddressBook {
  private final Machine machine;
  private final Map<String, Boolean> usable = new ConcurrentHashMap<>();

  AddressBook(Machine machine) {
    this.machine = machine;
  }

  /** The peer URL of a member; {@code otherwise} when none is registered that could be used. */
  String url(long member, String otherwise) {
    var record = machine.member(member);
    if (record == null || record.getPeerUrlsCount() == 0) {
      return otherwise;
    }
    var url = record.getPeerUrls(0);
    return usable.computeIfAbsent(url, text -> PeerUrl.parse(text).isPresent()) ? url : otherwise;
  }

  /** The peer URL of a member. */
  String url(RaftPeer member) {
    return url(Peers.number(member.getId()), member.getAddress());
  }
}

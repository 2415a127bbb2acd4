package dev.tiphys.store.raft;

import dev.tiphys.store.peer.PeerServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Settings of a member for tests that care for few of them. */
public final class TestSettings {
  private TestSettings() {}

  /** Without TLS, synced, and with an election timeout of a second. */
  public static RaftSettings of(
      Path directory, UUID cluster, long self, List<Member> members, PeerServer.Address... listen) {
    return new RaftSettings(
        directory,
        cluster,
        self,
        members,
        List.of(listen),
        null,
        Optional.empty(),
        Duration.ofSeconds(1),
        RaftNode.maxEntryBytes(1 << 20),
        1000,
        true,
        RaftMetrics.NONE);
  }
}

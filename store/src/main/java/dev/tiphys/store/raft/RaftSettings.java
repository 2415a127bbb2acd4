package dev.tiphys.store.raft;

import dev.tiphys.store.peer.PeerServer;
import dev.tiphys.store.peer.PeerTls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a node needs to take part.
 *
 * @param dataDir where everything lies
 * @param cluster the cluster's identity
 * @param self the number of this member
 * @param members all voting members of a new cluster, this one among them; empty for a member that
 *     was added to one
 * @param listen where other members reach this one
 * @param tls the files for https peer URLs
 * @param heartbeat how often a leader speaks to its followers; empty: as often as Ratis would have
 *     it, four times in an election timeout
 * @param election how long followers wait for it before they elect another
 * @param maxEntryBytes the largest entry that can be ordered
 * @param snapshotEntries after how many entries the Raft log is cut
 * @param synced false where syncs of the Raft log are not waited for
 * @param metrics is told what happens
 */
public record RaftSettings(
    Path dataDir,
    UUID cluster,
    long self,
    List<Member> members,
    List<PeerServer.Address> listen,
    @Nullable PeerTls tls,
    Optional<Duration> heartbeat,
    Duration election,
    int maxEntryBytes,
    long snapshotEntries,
    boolean synced,
    RaftMetrics metrics) {
  /** Ratis' directory within the data directory; in it is one a cluster. */
  static final String DIRECTORY = "raft";

  /** Where a cluster's directory has the log. */
  static final String CURRENT = "current";

  /** Where Ratis keeps its term and its vote, beside the log. */
  static final String META = "raft-meta";

  /** Copies the lists. */
  public RaftSettings {
    members = List.copyOf(members);
    listen = List.copyOf(listen);
  }

  /** Where the Raft log lies. */
  Path directory() {
    return dataDir.resolve(DIRECTORY);
  }

  /** True when there is nobody to wait for. */
  boolean alone() {
    return members.size() == 1;
  }
}

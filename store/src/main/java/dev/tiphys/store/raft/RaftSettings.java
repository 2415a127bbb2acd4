package dev.tiphys.store.raft;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * What a node needs to take part.
 *
 * @param directory where the Raft log lies
 * @param cluster the cluster's identity
 * @param self the number of this member
 * @param members all voting members, this one among them
 * @param heartbeat how often a leader speaks to its followers
 * @param election how long followers wait for it before they elect another
 * @param maxEntryBytes the largest entry that can be ordered
 * @param snapshotEntries after how many entries the Raft log is cut
 */
public record RaftSettings(
    Path directory,
    UUID cluster,
    long self,
    List<Member> members,
    Duration heartbeat,
    Duration election,
    int maxEntryBytes,
    long snapshotEntries) {
  /** Copies the list. */
  public RaftSettings {
    members = List.copyOf(members);
  }

  /** True when there is nobody to wait for. */
  boolean alone() {
    return members.size() == 1;
  }
}

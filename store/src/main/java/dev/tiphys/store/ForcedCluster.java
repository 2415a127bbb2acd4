package dev.tiphys.store;

import dev.tiphys.store.auth.Authority;
import dev.tiphys.store.disk.CheckpointFile;
import dev.tiphys.store.disk.Folder;
import dev.tiphys.store.disk.RevisionLog;
import dev.tiphys.store.disk.Room;
import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.raft.RaftReplay;
import java.io.IOException;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code --force-new-cluster}: what one member has becomes a new cluster, of which it is the only
 * member, when the others are lost for good. Entries of its Raft log that it had not applied yet,
 * or not durably, are applied first. What was acknowledged and never came here is given up.
 */
final class ForcedCluster {
  private static final Logger log = LoggerFactory.getLogger(ForcedCluster.class);

  private static final String RAFT = "raft";

  private ForcedCluster() {}

  /**
   * Makes the new cluster; does nothing for a member that is alone already. A crash on the way
   * leaves a directory with which a start with the same flag goes on.
   *
   * @param data the data directory, whose {@code log} is there
   * @param cluster a random number: members of the old cluster that come back belong to another
   */
  static void make(Folder data, UUID cluster) throws IOException {
    var disk = data.within("log");
    boolean hasRaft = data.list().contains(RAFT);
    // Users and their rules are part of the state, and are to be there afterwards.
    var guard = new Authority(Authority.TokenHolder.NONE);
    try (var machine = new Machine(disk, RevisionLog.Limits.DEFAULT, guard, Room.NONE)) {
      if (!hasRaft && machine.members().size() <= 1) {
        log.warn("--force-new-cluster has nothing to do: this member is alone; leave the flag out");
        return;
      }
      replay(machine, data);
      log.warn(
          "--force-new-cluster: a new cluster begins, of this member alone, at revision={} entry={}",
          machine.revision(),
          machine.applied().index());
      machine.checkpoint();
    }
    // From here on the Raft log belongs to another cluster, and is not applied a second time.
    Identity.moveTo(cluster, data);
    var checkpoints = new CheckpointFile(disk);
    checkpoints.write(CheckpointFile.ofNoCluster(checkpoints.read().orElseThrow()));
    if (hasRaft) {
      data.rename(RAFT, old(data));
      data.syncDirectory();
    }
  }

  private static void replay(Machine machine, Folder data) throws IOException {
    long before = machine.revision();
    var replay =
        new RaftReplay(machine, data, machine.applied().index(), machine.durable().index());
    long entries = replay.run();
    if (replay.obstacle() != null) {
      throw new IOException(
          "--force-new-cluster: acknowledged entries cannot be applied: "
              + replay.obstacle()
              + ". Save what is whole by tiphys store verify "
              + data
              + " --salvage NEW-DIR, and start with NEW-DIR");
    }
    log.info(
        "applied from the Raft log entries={} revisions={}", entries, machine.revision() - before);
  }

  /** The Raft log is put aside, not deleted: nobody has looked yet whether all is well. */
  private static String old(Folder data) throws IOException {
    var names = data.list();
    for (int number = 1; ; number++) {
      var name = RAFT + ".old-" + number;
      if (!names.contains(name)) {
        return name;
      }
    }
  }
}

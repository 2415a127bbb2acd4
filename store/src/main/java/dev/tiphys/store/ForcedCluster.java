package dev.tiphys.store;

import dev.tiphys.store.disk.CheckpointFile;
import dev.tiphys.store.disk.Disk;
import dev.tiphys.store.disk.RevisionLog;
import dev.tiphys.store.disk.Room;
import dev.tiphys.store.mvcc.Guard;
import dev.tiphys.store.mvcc.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code --force-new-cluster}: what one member has applied becomes a new cluster, of which it is
 * the only member, when the others are lost for good. What was acknowledged and not applied here
 * yet is given up.
 */
final class ForcedCluster {
  private static final Logger log = LoggerFactory.getLogger(ForcedCluster.class);

  private ForcedCluster() {}

  /**
   * Makes the new cluster; does nothing for a member that is alone already. A crash on the way
   * leaves a directory with which a start with the same flag goes on.
   *
   * @param cluster a random number: members of the old cluster that come back belong to another
   */
  static void make(Path dataDir, Disk disk, Guard guard, UUID cluster) throws IOException {
    var raft = dataDir.resolve("raft");
    try (var machine = new Machine(disk, RevisionLog.Limits.DEFAULT, guard, Room.NONE)) {
      if (!Files.exists(raft) && machine.members().size() <= 1) {
        log.warn("--force-new-cluster has nothing to do: this member is alone; leave the flag out");
        return;
      }
      log.warn(
          "--force-new-cluster: a new cluster begins, of this member alone, at revision={} entry={}",
          machine.revision(),
          machine.applied().index());
      machine.checkpoint();
    }
    Identity.moveTo(cluster, dataDir);
    if (Files.exists(raft)) {
      Files.move(raft, old(dataDir), StandardCopyOption.ATOMIC_MOVE);
    }
    var checkpoints = new CheckpointFile(disk);
    checkpoints.write(CheckpointFile.ofNoCluster(checkpoints.read().orElseThrow()));
  }

  /** The Raft log is put aside, not deleted: it has what this member had not applied yet. */
  private static Path old(Path dataDir) {
    for (int number = 1; ; number++) {
      var name = dataDir.resolve("raft.old-" + number);
      if (!Files.exists(name)) {
        return name;
      }
    }
  }
}

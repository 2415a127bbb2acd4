package dev.tiphys.store.mvcc;

import com.google.protobuf.MessageLite;
import dev.tiphys.store.bolt.EtcdSnapshot;
import dev.tiphys.store.bolt.SnapshotStream;
import dev.tiphys.store.disk.FlakyDisk;
import dev.tiphys.store.disk.RevisionLog;
import dev.tiphys.store.disk.SnapshotFile;
import dev.tiphys.store.record.Batch;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.tool.EtcdRestore;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** A machine on a disk that can crash, with a Raft log that never loses anything. */
final class Rig {
  /** Small enough that tests roll over many segments. */
  static final RevisionLog.Limits LIMITS = new RevisionLog.Limits(2048, 256, 1 << 20, 1000);

  FlakyDisk disk;
  private final List<Batch> raftLog = new ArrayList<>();
  Machine machine;

  Rig(long seed) throws IOException {
    disk = new FlakyDisk(seed);
    machine = new Machine(disk, LIMITS);
  }

  /** Orders and applies commands as one entry. */
  List<Outcome> apply(Command... commands) throws IOException {
    var batch = Batch.newBuilder().addAllCommands(List.of(commands)).build();
    raftLog.add(batch);
    return machine.apply(1, raftLog.size() - 1, batch);
  }

  /** Applies one command and returns its response. */
  MessageLite done(Command command) throws IOException {
    return switch (apply(command).getFirst()) {
      case Outcome.Done(var response) -> response;
      case Outcome.Refused(var error) -> throw error.exception();
    };
  }

  /** Stops and starts; what the disk lost comes again from the Raft log. */
  void restart() throws IOException {
    machine.close();
    reopen();
  }

  /** As after a power cut. */
  void crash() throws IOException {
    disk.restart();
    reopen();
  }

  /**
   * Takes a snapshot and goes on with it on another disk.
   *
   * @param asMember of the same cluster, whose Raft log goes on, by the files of the state; else in
   *     a new one, by the file of an etcd
   */
  void moveBySnapshot(boolean asMember) throws IOException, InterruptedException {
    var file = Files.createTempFile("rig", ".snap");
    try {
      try (var out = Files.newOutputStream(file)) {
        machine.view(state -> {
          if (asMember) {
            state.files(out::write);
          } else {
            new SnapshotStream(state.checkpoint(), into -> state.records(into::record))
                .give((bytes, _) -> out.write(bytes));
          }
        });
      }
      machine.close();
      disk = new FlakyDisk(raftLog.size());
      if (asMember) {
        new SnapshotFile(file).install(disk);
      } else {
        EtcdSnapshot.check(file);
        EtcdRestore.restore(file, disk, LIMITS);
        raftLog.clear();
      }
    } finally {
      Files.delete(file);
    }
    reopen();
  }

  private void reopen() throws IOException {
    machine = new Machine(disk, LIMITS);
    for (int i = (int) machine.durable().index() + 1; i < raftLog.size(); i++) {
      machine.apply(1, i, raftLog.get(i));
    }
  }
}

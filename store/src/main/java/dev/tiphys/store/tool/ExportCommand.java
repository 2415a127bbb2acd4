package dev.tiphys.store.tool;

import dev.tiphys.store.bolt.EtcdSnapshot;
import dev.tiphys.store.disk.DirectoryDisk;
import dev.tiphys.store.disk.Frame;
import dev.tiphys.store.disk.LogWalk;
import dev.tiphys.store.disk.RevisionLog;
import dev.tiphys.store.disk.SnapshotFile;
import dev.tiphys.store.rpc.KeyValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tiphys store export}: a snapshot that a real etcd can be made of. */
@Command(
    name = "export",
    description =
        "Writes a running store as a snapshot file of etcd, for etcdctl snapshot restore: keys with"
            + " their revisions and history, leases, users and roles.",
    mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Connection connection = new Connection();

  @Parameters(paramLabel = "FILE", description = "The file to write.")
  private Path file = Path.of("");

  @Override
  public Integer call() throws IOException, InterruptedException {
    var work = Files.createTempDirectory(file.toAbsolutePath().getParent(), "export-");
    try {
      var snapshot = work.resolve("snapshot");
      try (var open = connection.open()) {
        Snapshots.fetch(open.channel(), snapshot);
      }
      var disk = new DirectoryDisk(work.resolve("log"));
      new SnapshotFile(snapshot).restore(disk);
      var draft = work.resolve("db");
      convert(disk, draft);
      Snapshots.seal(draft);
      Files.move(draft, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      spec.commandLine().getOut().println(Snapshots.status(file));
    } finally {
      try (var made = Files.walk(work)) {
        for (var path : made.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
    return 0;
  }

  private static void convert(DirectoryDisk log, Path database) throws IOException {
    try (var writer = new EtcdSnapshot.Writer(database)) {
      var state =
          new LogWalk(log, RevisionLog.Limits.DEFAULT.maxFrameBytes())
              .walk(
                  new LogWalk.Visitor() {
                    @Override
                    public void file(String name) {}

                    @Override
                    public void frame(Frame frame, long offset, boolean covered)
                        throws IOException {
                      switch (frame.kind()) {
                        case PUT ->
                            writer.put(
                                KeyValue.parseFrom(frame.payload().duplicate()), frame.number());
                        case DELETE -> {
                          var record = KeyValue.parseFrom(frame.payload().duplicate());
                          writer.delete(record.getKey(), record.getModRevision(), frame.number());
                        }
                        case SYSTEM -> {} // the checkpoint has what came of it
                      }
                    }

                    @Override
                    public void damage(LogWalk.Damage damage) throws IOException {
                      throw new IOException(damage.file() + ": " + damage.what());
                    }
                  });
      writer.finish(state.orElseThrow());
    }
  }
}

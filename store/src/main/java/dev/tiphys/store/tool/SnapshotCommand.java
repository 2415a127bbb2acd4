package dev.tiphys.store.tool;

import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tiphys store snapshot}: takes snapshots, looks at them, makes members of them. */
@Command(
    name = "snapshot",
    description = "Takes a snapshot, looks at one, or makes a new member's data directory of it.",
    mixinStandardHelpOptions = true)
final class SnapshotCommand {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Command(
      name = "save",
      description = "Takes a snapshot of a running member, in the format of etcd, and checks it.")
  void save(@Mixin Connection connection, @Parameters(paramLabel = "FILE") Path file)
      throws IOException, InterruptedException {
    print(Snapshots.save(connection, file));
  }

  @Command(
      name = "status",
      description = "Checks a snapshot, of this store or of an etcd, and tells what it holds.")
  void status(@Parameters(paramLabel = "FILE") Path file) throws IOException {
    print(Snapshots.status(file));
  }

  @Command(
      name = "restore",
      description =
          "Makes the data directory of the first member of a new cluster, of a snapshot of this"
              + " store or of an etcd. Start a member with it as if it were new: its flags say who"
              + " it is.")
  void restore(
      @Parameters(paramLabel = "FILE") Path file,
      @Option(
              names = "--data-dir",
              required = true,
              description = "A directory that is not there yet, or empty.")
          Path dataDir)
      throws IOException {
    print(Snapshots.restore(file, dataDir));
  }

  private void print(Snapshots.Contents contents) {
    spec.commandLine().getOut().println(contents);
  }
}

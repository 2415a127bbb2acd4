package dev.tiphys.store;

import dev.tiphys.store.disk.DirectoryDisk;
import dev.tiphys.store.disk.SnapshotFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code tiphys-store snapshot}: looks at snapshots that {@code etcdctl snapshot save} took, and
 * makes members of them.
 */
@Command(
    name = "tiphys-store snapshot",
    description = "Looks at a snapshot, or makes a new member's data directory of it.",
    mixinStandardHelpOptions = true)
final class SnapshotCommand {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** Runs the command and returns its exit code. */
  static int run(String... args) {
    return new CommandLine(new SnapshotCommand())
        .setExecutionExceptionHandler((e, commandLine, _) -> {
          commandLine.getErr().println(commandLine.getCommandName() + ": " + e.getMessage());
          return 1;
        })
        .execute(args);
  }

  @Command(name = "status", description = "Checks a snapshot and tells what it holds.")
  void status(@Parameters(paramLabel = "FILE") Path file) throws IOException {
    print(new SnapshotFile(file).status());
  }

  @Command(
      name = "restore",
      description =
          "Makes the data directory of the first member of a new cluster. Start a member with it as"
              + " if it were new: its flags say who it is.")
  void restore(
      @Parameters(paramLabel = "FILE") Path file,
      @Option(
              names = "--data-dir",
              required = true,
              description = "A directory that is not there yet, or empty.")
          Path dataDir)
      throws IOException {
    if (Files.exists(dataDir)) {
      try (var files = Files.list(dataDir)) {
        if (files.findAny().isPresent()) {
          throw new IOException(dataDir + " is not empty; give a directory that is not there yet");
        }
      }
    }
    print(new SnapshotFile(file).restore(new DirectoryDisk(dataDir.resolve("log"))));
  }

  private void print(SnapshotFile.Status status) {
    spec.commandLine()
        .getOut()
        .printf(
            "revision=%d compacted=%d bytes=%d%n",
            status.revision(), status.compacted(), status.bytes());
  }
}

package dev.tiphys.store.tool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tiphys store import}: copies a running etcd, with its history, leases and users. */
@Command(
    name = "import",
    description =
        "Copies a running etcd, or a running store, into a new data directory: keys with their"
            + " revisions and history, leases, users and roles.",
    mixinStandardHelpOptions = true)
final class ImportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Connection connection = new Connection();

  @Option(
      names = "--data-dir",
      required = true,
      description = "A directory that is not there yet, or empty.")
  private Path dataDir = Path.of("");

  @Override
  public Integer call() throws IOException, InterruptedException {
    Snapshots.needNewDirectory(dataDir);
    var beside = dataDir.toAbsolutePath().getParent();
    var snapshot = Files.createTempFile(beside, "import-", ".snapshot");
    try {
      try (var open = connection.open()) {
        Snapshots.fetch(open.channel(), snapshot);
      }
      spec.commandLine().getOut().println(Snapshots.restore(snapshot, dataDir));
    } finally {
      Files.deleteIfExists(snapshot);
    }
    return 0;
  }
}

package dev.tiphys.store.tool;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code tiphys store export}: the other half of {@code import}. Does what {@code snapshot save}
 * does, since members give snapshots that a real etcd can be made of.
 */
@Command(
    name = "export",
    description =
        "Writes a running store as a snapshot file of etcd, for etcdctl snapshot restore: keys with"
            + " their revisions and history, leases, users and roles. The same as snapshot save.",
    mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Connection connection = new Connection();

  @Parameters(paramLabel = "FILE", description = "The file to write.")
  private Path file = Path.of("");

  @Override
  public Integer call() throws IOException, InterruptedException {
    spec.commandLine().getOut().println(Snapshots.save(connection, file));
    return 0;
  }
}

package dev.tiphys.deploy;

import dev.tiphys.deploy.layout.ClusterSettings;
import dev.tiphys.deploy.layout.DataDir;
import dev.tiphys.deploy.machine.ProcessTable;
import dev.tiphys.deploy.process.Daemon;
import dev.tiphys.deploy.process.Daemons;
import dev.tiphys.deploy.process.Keeper;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tiphys stop DAEMON...}: ends single daemons, which their keepers would start again. */
@Command(
    name = "stop",
    mixinStandardHelpOptions = true,
    description = "Ends daemons of the cluster, until `tiphys up` starts them again.")
final class StopCommand implements Callable<Integer> {
  @Mixin private CommonOptions common = new CommonOptions();

  @Parameters(
      arity = "1..*",
      paramLabel = "DAEMON",
      description = "As `tiphys status` names them: store, apiserver, store-2 and so on.")
  private List<String> names = List.of();

  @Override
  public Integer call() throws Exception {
    DataDir directory = common.directory();
    ClusterSettings settings = RepairCommand.settings(directory);
    Path distribution = CommonOptions.distribution();
    var keeper = new Keeper(directory, distribution, new ProcessTable(Path.of("/proc")));
    List<String> known =
        new Daemons(directory, settings, "127.0.0.1", distribution)
            .all().stream().map(Daemon::name).toList();
    for (String name : names) {
      if (!known.contains(name)) {
        throw new Failure(
            "There is no daemon '" + name + "' here: choose of " + String.join(", ", known) + ".");
      }
    }
    try (var _ = ClusterLock.take(directory)) {
      keeper.stop(names, Limits.DAEMON_END);
    }
    System.out.println("Ended " + String.join(", ", names) + ". `tiphys up` starts what is ended.");
    return 0;
  }
}

package dev.tiphys.deploy;

import dev.tiphys.deploy.layout.DataDir;
import java.nio.file.Files;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tiphys down}. */
@Command(
    name = "down",
    mixinStandardHelpOptions = true,
    description = "Ends the cluster on this machine and removes what it made, except its data.")
final class DownCommand implements Callable<Integer> {
  @Mixin private CommonOptions common = new CommonOptions();

  @Option(names = "--purge", description = "Delete the cluster's data as well.")
  private boolean purge;

  @Override
  public Integer call() throws Exception {
    DataDir directory = common.directory();
    if (!System.getProperty("user.name", "").equals("root")) {
      throw new Failure("Only root can end a cluster here: run it with sudo.");
    }
    if (!Files.isDirectory(directory.root())) {
      System.out.println("There is no cluster in " + directory.root() + ".");
      return 0;
    }
    if (!Files.exists(directory.settings()) && !Files.isDirectory(directory.run())) {
      throw new Failure(
          directory.root() + " is not a cluster's data directory: nothing is done to it.");
    }
    var takedown = new Takedown(directory, CommonOptions.distribution(), new Progress(System.out));
    int containers = takedown.run(Limits.DAEMON_END);
    if (purge) {
      takedown.purge();
    }
    System.out.println(
        "The cluster is down ("
            + containers
            + " containers ended)."
            + (purge ? " Its data is deleted." : " Its data stays in " + directory.root() + "."));
    return 0;
  }
}

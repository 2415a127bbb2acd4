package dev.tiphys.deploy;

import dev.tiphys.deploy.layout.DataDir;
import dev.tiphys.deploy.machine.ProcessTable;
import dev.tiphys.deploy.machine.Shell;
import dev.tiphys.deploy.node.NodeNetwork;
import dev.tiphys.deploy.process.Keeper;
import dev.tiphys.deploy.teardown.Teardown;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
  /** Daemons that act on pods or rules go first, the store last: what they decided is kept. */
  private static final List<List<String>> ORDER =
      List.of(
          List.of("kubelet", "kube-proxy", "scheduler", "controller-manager"),
          List.of("apiserver"),
          List.of("store", "containerd", "log-rotation"));

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
    var progress = new Progress(System.out);
    var shell = new Shell();
    var processes = new ProcessTable(Path.of("/proc"));
    var keeper = new Keeper(directory, CommonOptions.distribution(), processes);
    var teardown = new Teardown(directory, shell, processes, keeper);

    progress.step(
        "ended kubelet, kube-proxy and controllers",
        () -> {
          keeper.stop(ORDER.getFirst(), Limits.DAEMON_END);
          return true;
        });
    int containers = progress.step("ended containers", teardown::endContainers);
    progress.step(
        "ended API server, store and runtime",
        () -> {
          ORDER.stream().skip(1).forEach(names -> keeper.stop(names, Limits.DAEMON_END));
          teardown.endStrays();
          return true;
        });
    var complaints = new ArrayList<String>();
    progress.step(
        "removed mounts, cgroups, interfaces and rules",
        () -> {
          complaints.addAll(teardown.clean());
          complaints.addAll(new NodeNetwork(shell).remove());
          return true;
        });
    if (!complaints.isEmpty()) {
      throw new Failure(complaints);
    }
    if (purge) {
      teardown.purge();
    }
    System.out.println(
        "The cluster is down ("
            + containers
            + " containers ended)."
            + (purge ? " Its data is deleted." : " Its data stays in " + directory.root() + "."));
    return 0;
  }
}

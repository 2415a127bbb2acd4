package dev.tiphys.deploy;

import dev.tiphys.cri.CriException;
import dev.tiphys.deploy.layout.ClusterSettings;
import dev.tiphys.deploy.layout.ControlPlane;
import dev.tiphys.deploy.layout.DataDir;
import dev.tiphys.deploy.layout.SettingsFile;
import dev.tiphys.deploy.machine.ProcessTable;
import dev.tiphys.deploy.machine.Shell;
import dev.tiphys.deploy.node.ControlPlaneNetwork;
import dev.tiphys.deploy.node.ForeignRuntime;
import dev.tiphys.deploy.node.NodeNetwork;
import dev.tiphys.deploy.process.Keeper;
import dev.tiphys.deploy.teardown.Teardown;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Ends a cluster: reads from top to bottom as what {@code down} does. */
final class Takedown {
  private final DataDir directory;
  private final Progress progress;
  private final Shell shell = new Shell();
  private final Keeper keeper;
  private final Teardown teardown;

  Takedown(DataDir directory, Path distribution, Progress progress) throws IOException {
    this.directory = directory;
    this.progress = progress;
    var processes = new ProcessTable(Path.of("/proc"));
    this.keeper = new Keeper(directory, distribution, processes);
    this.teardown = new Teardown(directory, shell, processes, keeper);
  }

  /**
   * Ends everything. What cannot be removed is a {@link Failure}; running it again tries again.
   *
   * @param patience how long each daemon gets for its orderly end
   * @return how many containers were ended
   */
  int run(Duration patience) throws Exception {
    List<List<String>> order = order();
    progress.step(
        "ended kubelet, kube-proxy and controllers", () -> stop(order.subList(0, 1), patience));
    int containers = progress.step("ended containers", this::endContainers);
    progress.step(
        "ended API server, store and runtime",
        () -> stop(order.subList(1, order.size()), patience));
    teardown.endStrays();
    var complaints = new ArrayList<String>();
    progress.step(
        "removed mounts, cgroups, interfaces and rules",
        () ->
            complaints.addAll(teardown.clean())
                | complaints.addAll(new ControlPlaneNetwork(shell, directory).remove())
                | complaints.addAll(new NodeNetwork(shell).remove()));
    if (!complaints.isEmpty()) {
      throw new Failure(complaints);
    }
    return containers;
  }

  /** Daemons that act on pods or rules go first, the store last: what they decided is kept. */
  private List<List<String>> order() throws IOException {
    List<ControlPlane> planes =
        SettingsFile.read(directory).map(ClusterSettings::planes).orElse(List.of());
    return List.of(
        List.of("kubelet", "kube-proxy", "scheduler", "controller-manager"),
        named(planes, "apiserver"),
        List.of("balancer", "containerd", "log-rotation"),
        named(planes, "store"));
  }

  private static List<String> named(List<ControlPlane> planes, String kind) {
    return planes.isEmpty()
        ? List.of(kind)
        : planes.stream().map(plane -> plane.daemon(kind)).toList();
  }

  private int endContainers() throws IOException {
    String foreign =
        SettingsFile.read(directory).map(ClusterSettings::runtimeEndpoint).orElse(null);
    int pods = 0;
    if (foreign != null) {
      try {
        pods = new ForeignRuntime(foreign).clear(directory);
      } catch (CriException silent) {
        progress.say("the runtime at " + foreign + " does not answer; its pods are ended by force");
      }
    }
    return pods + teardown.endContainers();
  }

  private boolean stop(List<List<String>> groups, Duration patience) {
    groups.forEach(names -> keeper.stop(names, patience));
    return true;
  }

  /** Deletes the data of a cluster that has ended. */
  void purge() throws IOException {
    teardown.purge();
  }
}

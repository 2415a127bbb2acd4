package dev.tiphys.deploy.teardown;

import dev.tiphys.deploy.Limits;
import dev.tiphys.deploy.layout.DataDir;
import dev.tiphys.deploy.machine.Mounts;
import dev.tiphys.deploy.machine.ProcessTable;
import dev.tiphys.deploy.machine.ProcessTable.Identity;
import dev.tiphys.deploy.machine.Shell;
import dev.tiphys.deploy.node.CniConfig;
import dev.tiphys.deploy.process.Keeper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Removes what a cluster's runtime left on this machine: containers, mounts, network namespaces,
 * control groups, sockets. Each step works on what it finds, so it may be repeated after a failure.
 */
public final class Teardown {
  /** libcni remembers results here; containerd 1.6 gives no way to choose another place. */
  private static final Path CNI_CACHE = Path.of("/var/lib/cni/results");

  private final DataDir directory;
  private final Shell shell;
  private final ProcessTable processes;
  private final Keeper keeper;
  private final Cgroups cgroups;
  private final List<Bundle> bundles;

  public Teardown(DataDir directory, Shell shell, ProcessTable processes, Keeper keeper)
      throws IOException {
    this.directory = directory;
    this.shell = shell;
    this.processes = processes;
    this.keeper = keeper;
    this.cgroups = new Cgroups(Path.of("/sys/fs/cgroup"));
    // Read once, now: containerd removes what it knows of a container when that has ended.
    this.bundles = Bundle.all(directory.containerdState());
  }

  /**
   * Ends every container of our own containerd. The kubelet must have ended, or it would start them
   * again.
   *
   * @return how many there were
   */
  public int endContainers() throws IOException {
    List<Identity> inits =
        bundles.stream()
            .filter(this::ownsInit)
            .flatMap(bundle -> bundle.init().stream())
            .flatMap(pid -> processes.find(pid).stream())
            .toList();
    inits.forEach(init -> keeper.signal(init, false));
    keeper.await(inits, Limits.CONTAINER_END);
    bundles.stream().map(Bundle::cgroup).filter(group -> !group.isEmpty()).forEach(this::killAll);
    return bundles.size();
  }

  /**
   * A number noted before a reboot may be another process's now; one in the container's own group
   * is not.
   */
  private boolean ownsInit(Bundle bundle) {
    return bundle.init().isPresent()
        && !bundle.cgroup().isEmpty()
        && cgroups.processes(bundle.cgroup()).contains(bundle.init().get());
  }

  private void killAll(String group) {
    // A process may fork while its group is being read, so look again until the group is empty.
    for (int round = 0; round < 20; round++) {
      List<Identity> left =
          cgroups.processes(group).stream().flatMap(pid -> processes.find(pid).stream()).toList();
      if (left.isEmpty()) {
        return;
      }
      left.forEach(process -> keeper.signal(process, true));
      keeper.await(left, Duration.ofMillis(500));
    }
  }

  /** Ends by force whatever still runs with this cluster's mark: shims, orphaned daemons. */
  public int endStrays() {
    List<Identity> strays = keeper.marked();
    strays.forEach(process -> keeper.signal(process, true));
    keeper.await(strays, Duration.ofSeconds(5));
    return strays.size();
  }

  /**
   * Removes what remains when nothing runs any more.
   *
   * @return sentences on what could not be removed
   */
  public List<String> clean() throws IOException {
    var complaints = new ArrayList<String>();
    for (Bundle bundle : bundles) {
      if (!bundle.shimSocket().isEmpty()) {
        Files.deleteIfExists(Path.of(bundle.shimSocket()));
      }
    }
    for (Path mount : mountsBelow()) {
      var done = shell.run("umount", mount.toString());
      if (!done.ok() && !shell.run("umount", "--lazy", mount.toString()).ok()) {
        complaints.add("the mount " + mount + " remains: " + done.output());
      }
    }
    for (Bundle bundle : bundles) {
      if (!bundle.cgroup().isEmpty()) {
        cgroups.remove(bundle.cgroup());
      }
    }
    cgroups.remove(directory.cgroup());
    forgetNetworkResults(sandboxes());
    if (mountsBelow().isEmpty()) {
      delete(directory.run());
    }
    return complaints;
  }

  private Set<Path> mountsBelow() throws IOException {
    // A data directory may be a mount itself; that one is the user's.
    var mounts = new LinkedHashSet<>(Mounts.below(directory.root()));
    mounts.remove(directory.root());
    return mounts;
  }

  private void forgetNetworkResults(Set<String> sandboxes) throws IOException {
    if (!Files.isDirectory(CNI_CACHE)) {
      return;
    }
    try (var results = Files.newDirectoryStream(CNI_CACHE)) {
      for (Path result : results) {
        // The name reads NETWORK-SANDBOX-INTERFACE.
        String name = result.getFileName().toString();
        if (sandboxes.stream().anyMatch(name::contains)) {
          Files.deleteIfExists(result);
        }
      }
    }
  }

  /** Every sandbox that runs or holds an address. */
  private Set<String> sandboxes() throws IOException {
    var sandboxes = new HashSet<String>();
    bundles.forEach(bundle -> sandboxes.add(bundle.path().getFileName().toString()));
    Path leases = directory.addressLeases().resolve(CniConfig.NETWORK);
    if (Files.isDirectory(leases)) {
      try (var addresses = Files.newDirectoryStream(leases, "*.*.*.*")) {
        for (Path address : addresses) {
          Files.readString(address)
              .lines()
              .findFirst()
              .map(String::strip)
              .filter(id -> id.length() >= 32)
              .ifPresent(sandboxes::add);
        }
      }
    }
    return sandboxes;
  }

  /** Deletes the data directory itself. Refuses while anything is mounted below it. */
  public void purge() throws IOException {
    Set<Path> mounts = mountsBelow();
    if (!mounts.isEmpty()) {
      throw new IOException(
          "not deleting " + directory.root() + ": " + mounts + " is still mounted below it");
    }
    delete(directory.root());
  }

  private void delete(Path tree) {
    if (Files.exists(tree)) {
      shell.must("rm", "-rf", "--one-file-system", tree.toString());
    }
  }
}

package dev.tiphys.deploy.preflight;

import dev.tiphys.deploy.Limits;
import dev.tiphys.deploy.machine.Shell;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What must be true of the machine. Each check gives a sentence when it is not; those that only a
 * trial can answer try it and leave nothing behind.
 */
final class Machine {
  private static final Set<String> CONTROLLERS = Set.of("cpu", "memory", "pids");

  private final Shell shell;

  Machine(Shell shell) {
    this.shell = shell;
  }

  Optional<String> memory() throws IOException {
    return memory(Files.readString(Path.of("/proc/meminfo")));
  }

  static Optional<String> memory(String meminfo) {
    long available =
        meminfo
            .lines()
            .filter(line -> line.startsWith("MemAvailable:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
            .findFirst()
            .orElse(Long.MAX_VALUE);
    return available >= Limits.MEMORY_BYTES
        ? Optional.empty()
        : Optional.of(
            "Too little memory: "
                + (available >> 20)
                + " MiB are available, a cluster needs "
                + (Limits.MEMORY_BYTES >> 20)
                + " MiB.");
  }

  Optional<String> disk(Path directory) throws IOException {
    long usable = Files.getFileStore(directory).getUsableSpace();
    return usable >= Limits.DISK_BYTES
        ? Optional.empty()
        : Optional.of(
            "Too little disk: "
                + directory
                + " has "
                + (usable >> 20)
                + " MiB left, a cluster needs "
                + (Limits.DISK_BYTES >> 20)
                + " MiB; free some or choose another --data-dir.");
  }

  /** Ports on which something listens already. */
  Optional<String> ports(List<Integer> ports) {
    List<Integer> taken = ports.stream().filter(port -> !free(port)).toList();
    if (taken.isEmpty()) {
      return Optional.empty();
    }
    String list = taken.stream().map(String::valueOf).collect(Collectors.joining(", "));
    return Optional.of(
        (taken.size() == 1 ? "Port " + list + " is" : "Ports " + list + " are")
            + " in use by another process: end it (`ss -ltnp` names it)"
            + (taken.contains(ports.getFirst()) ? ", or choose another with --api-port." : "."));
  }

  private static boolean free(int port) {
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress((InetAddress) null, port));
      return true;
    } catch (IOException inUse) {
      return false;
    }
  }

  /** Containers' file systems are overlays on the data directory: tries to mount one there. */
  Optional<String> overlay(Path directory) throws IOException {
    shell.run("modprobe", "--quiet", "overlay");
    Path trial = Files.createTempDirectory(directory, "overlay-trial");
    Path merged = trial.resolve("merged");
    try {
      for (String part : List.of("lower", "upper", "work", "merged")) {
        Files.createDirectory(trial.resolve(part));
      }
      String options =
          "lowerdir=" + trial + "/lower,upperdir=" + trial + "/upper,workdir=" + trial + "/work";
      var mounted =
          shell.run("mount", "-t", "overlay", "overlay", "-o", options, merged.toString());
      if (mounted.ok()) {
        shell.must("umount", merged.toString());
        return Optional.empty();
      }
      boolean known = Files.readString(Path.of("/proc/filesystems")).contains("\toverlay");
      return Optional.of(
          known
              ? "An overlay cannot be mounted below "
                  + directory
                  + ": put --data-dir on a file system such as ext4 or xfs ("
                  + mounted.output()
                  + ")."
              : "The kernel has no overlay file system: load or build the module 'overlay'.");
    } finally {
      shell.run("rm", "-rf", "--one-file-system", trial.toString());
    }
  }

  Optional<String> bridge() {
    shell.run("modprobe", "--quiet", "br_netfilter");
    String link = "tiphys-try";
    var made = shell.run("ip", "link", "add", link, "type", "bridge");
    if (!made.ok() && !made.output().contains("File exists")) {
      return Optional.of(
          "The kernel cannot make a bridge: load or build the module 'bridge' ("
              + made.output()
              + ").");
    }
    shell.run("ip", "link", "delete", link);
    return Files.exists(Path.of("/proc/sys/net/bridge/bridge-nf-call-iptables"))
        ? Optional.empty()
        : Optional.of(
            "The kernel does not show bridged packets to iptables: load or build the module 'br_netfilter'.");
  }

  /** Tries every kind of rule that services are made of, in chains that nothing leads to. */
  Optional<String> netfilter() {
    String chain = "TIPHYS-TRIAL";
    String trial =
        """
        *filter
        :%1$s - [0:0]
        -A %1$s -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        -A %1$s -p tcp -m comment --comment trial -m addrtype --dst-type LOCAL -j REJECT
        COMMIT
        *nat
        :%1$s - [0:0]
        -A %1$s -m statistic --mode random --probability 0.5 -j MARK --or-mark 0x4000
        -A %1$s -p tcp -m tcp --dport 80 -j DNAT --to-destination 127.0.0.1:8080
        -A %1$s -m mark --mark 0x4000/0x4000 -j RETURN
        COMMIT
        """
            .formatted(chain);
    var loaded = shell.feed(trial, "iptables-restore", "--wait", "--noflush");
    for (String table : List.of("filter", "nat")) {
      shell.run("iptables", "--wait", "-t", table, "-F", chain);
      shell.run("iptables", "--wait", "-t", table, "-X", chain);
    }
    return loaded.ok()
        ? Optional.empty()
        : Optional.of(
            "The kernel's netfilter lacks what services need: "
                + loaded.output().replace('\n', ' ')
                + ".");
  }

  Optional<String> cgroups() throws IOException {
    Path unified = Path.of("/sys/fs/cgroup/cgroup.controllers");
    Set<String> present =
        Files.exists(unified)
            ? new HashSet<>(Arrays.asList(Files.readString(unified).strip().split(" ")))
            : versionOneControllers(Files.readString(Path.of("/proc/self/mounts")));
    Set<String> missing = new java.util.TreeSet<>(CONTROLLERS);
    missing.removeAll(present);
    if (present.stream().allMatch(String::isEmpty)) {
      return Optional.of(
          "No cgroup hierarchy is mounted: mount cgroup2 (or the version 1 controllers) at /sys/fs/cgroup.");
    }
    if (!missing.isEmpty()) {
      return Optional.of(
          "The cgroup hierarchy lacks the controllers "
              + String.join(", ", missing)
              + ": enable them on the kernel's command line.");
    }
    Path trial = Path.of("/sys/fs/cgroup", Files.exists(unified) ? "" : "memory", "tiphys-trial");
    try {
      Files.createDirectories(trial);
      Files.delete(trial);
      return Optional.empty();
    } catch (IOException refused) {
      return Optional.of(
          "The cgroup hierarchy at "
              + trial.getParent()
              + " cannot be written: remount it read-write.");
    }
  }

  /** The controllers of version 1 hierarchies, from a mounts table. */
  static Set<String> versionOneControllers(String mounts) {
    return mounts
        .lines()
        .map(line -> line.split(" "))
        .filter(fields -> fields.length > 3 && fields[2].equals("cgroup"))
        .flatMap(fields -> Arrays.stream(fields[3].split(",")))
        .collect(Collectors.toSet());
  }
}

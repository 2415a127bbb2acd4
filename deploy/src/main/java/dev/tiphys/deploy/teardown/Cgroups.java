package dev.tiphys.deploy.teardown;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Control groups of both versions, below one mount point. */
final class Cgroups {
  private final List<Path> hierarchies;

  /**
   * @param mount normally /sys/fs/cgroup
   */
  Cgroups(Path mount) throws IOException {
    hierarchies = new ArrayList<>();
    if (Files.exists(mount.resolve("cgroup.controllers"))) {
      hierarchies.add(mount);
      return;
    }
    try (var mounted = Files.newDirectoryStream(mount, Files::isDirectory)) {
      // Names such as cpu,cpuacct are also linked as cpu and cpuacct; each is looked at once.
      Set<Path> real = new LinkedHashSet<>();
      for (Path hierarchy : mounted) {
        real.add(hierarchy.toRealPath());
      }
      hierarchies.addAll(real);
    }
  }

  /** The processes in a group and below it, in any hierarchy. */
  Set<Long> processes(String group) {
    var pids = new LinkedHashSet<Long>();
    for (Path hierarchy : hierarchies) {
      for (Path directory : tree(hierarchy.resolve(group))) {
        for (String line : lines(directory.resolve("cgroup.procs"))) {
          pids.add(Long.valueOf(line));
        }
      }
    }
    return pids;
  }

  /** Removes a group, what is below it, and those parents that are empty then. */
  void remove(String group) {
    for (Path hierarchy : hierarchies) {
      Path directory = hierarchy.resolve(group);
      tree(directory).reversed().forEach(Cgroups::delete);
      for (Path parent = directory.getParent();
          parent != null && !parent.equals(hierarchy) && delete(parent);
          parent = parent.getParent()) {}
    }
  }

  /**
   * Removes a directory, which the kernel refuses while anything is in it. Returns whether it is
   * gone.
   */
  private static boolean delete(Path directory) {
    try {
      return Files.deleteIfExists(directory) || !Files.exists(directory);
    } catch (IOException inUse) {
      return false;
    }
  }

  /** A directory and all below it, parents first; empty when it is not there. */
  private static List<Path> tree(Path directory) {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (var paths = Files.walk(directory)) {
      return paths.filter(Files::isDirectory).toList();
    } catch (IOException | java.io.UncheckedIOException vanishing) {
      return List.of(directory);
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException gone) {
      return List.of();
    }
  }
}

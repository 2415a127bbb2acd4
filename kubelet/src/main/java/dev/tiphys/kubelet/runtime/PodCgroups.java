package dev.tiphys.kubelet.runtime;

import dev.tiphys.api.core.v1.Pod;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A cgroup for each pod, in which the runtime makes those of its containers: {@code
 * /kubepods/burstable/podUID}, without the class in between for guaranteed pods. The kubelet makes
 * and removes them because no runtime does; they hold the pod's limits as a whole.
 *
 * <p>Works on cgroup v2 and on v1, whichever the node has, for the cgroupfs driver. Keeps no state,
 * so it is safe for many threads, one pod at a time.
 */
public final class PodCgroups {
  private static final String TOP = "kubepods";

  /** Where pods are limited. */
  private final List<Path> limiting;

  /** Where there may be a cgroup of a pod, since the runtime makes what is missing. */
  private final List<Path> hierarchies;

  private final boolean unified;
  private final String root;

  private PodCgroups(List<Path> limiting, List<Path> hierarchies, boolean unified, String root) {
    this.limiting = List.copyOf(limiting);
    this.hierarchies = List.copyOf(hierarchies);
    this.unified = unified;
    this.root = root;
  }

  /**
   * Looks which hierarchies are mounted.
   *
   * @param mount where: {@code /sys/fs/cgroup}
   * @param root the cgroup below which all pods go, {@code /} for the top
   * @throws IOException if no hierarchy is there that can limit CPU and memory
   */
  public static PodCgroups find(Path mount, String root) throws IOException {
    String prefix = root.equals("/") ? "" : root;
    if (Files.exists(mount.resolve("cgroup.controllers"))) {
      return new PodCgroups(List.of(mount), List.of(mount), true, prefix);
    }
    List<Path> mounted = new ArrayList<>();
    try (DirectoryStream<Path> directories = Files.newDirectoryStream(mount)) {
      for (Path directory : directories) {
        if (Files.exists(directory.resolve("cgroup.procs"))) {
          mounted.add(directory);
        }
      }
    }
    List<Path> limiting =
        Stream.of("cpu", "memory").map(mount::resolve).filter(mounted::contains).toList();
    if (limiting.size() < 2) {
      throw new IOException(
          "no usable cgroup hierarchy below "
              + mount
              + ": mount cgroup2 there, or the cpu and memory controllers of cgroup v1");
    }
    return new PodCgroups(limiting, mounted, false, prefix);
  }

  /** Whether the node has cgroup v2. */
  public boolean isUnified() {
    return unified;
  }

  /** Makes the pod's cgroup with its limits, if it is not there; returns the sandbox's parent. */
  public String create(Pod pod) throws IOException {
    String parent = parentOf(PodIdentity.of(pod).uid(), QosClass.of(pod));
    PodResources resources = PodResources.of(pod);
    for (Path hierarchy : limiting) {
      Path cgroup = hierarchy.resolve(parent.substring(1));
      if (unified) {
        createUnified(hierarchy, parent);
      } else {
        Files.createDirectories(cgroup);
      }
      for (var limit : (unified ? resources.unifiedFiles() : resources.files()).entrySet()) {
        Path file = cgroup.resolve(limit.getKey());
        if (Files.exists(file)) {
          Files.writeString(file, limit.getValue());
        }
      }
    }
    return parent;
  }

  /** The path that the runtime is told, the same in every hierarchy. */
  public String parentOf(String uid, QosClass qosClass) {
    return switch (qosClass) {
      case Guaranteed -> root + "/" + TOP + "/pod" + uid;
      case Burstable -> root + "/" + TOP + "/burstable/pod" + uid;
      case BestEffort -> root + "/" + TOP + "/besteffort/pod" + uid;
    };
  }

  /**
   * Removes the pod's cgroup wherever it is. May be repeated.
   *
   * @throws IOException if something still runs in it: try again later
   */
  public void remove(String uid) throws IOException {
    for (Path hierarchy : hierarchies) {
      for (QosClass qosClass : QosClass.values()) {
        removeTree(hierarchy.resolve(parentOf(uid, qosClass).substring(1)));
      }
    }
  }

  /**
   * Removes the cgroups of all pods and those above them, but not a root that others use as well:
   * for taking a node down.
   *
   * @throws IOException if something still runs in one of them
   */
  public void removeAll() throws IOException {
    for (Path hierarchy : hierarchies) {
      removeTree(hierarchy.resolve((root + "/" + TOP).substring(1)));
      Path top = hierarchy.resolve(root.isEmpty() ? "" : root.substring(1));
      if (!root.isEmpty() && Files.isDirectory(top) && isUnused(top)) {
        Files.delete(top);
      }
    }
  }

  private static boolean isUnused(Path cgroup) throws IOException {
    try (DirectoryStream<Path> children = Files.newDirectoryStream(cgroup, Files::isDirectory)) {
      return !children.iterator().hasNext()
          && Files.readString(cgroup.resolve("cgroup.procs")).isEmpty();
    }
  }

  /** The uids of all pods that have a cgroup. */
  public Set<String> uids() throws IOException {
    Set<String> uids = new HashSet<>();
    for (Path hierarchy : hierarchies) {
      for (QosClass qosClass : QosClass.values()) {
        Path parent = hierarchy.resolve(parentOf("", qosClass).substring(1)).getParent();
        if (parent != null && Files.isDirectory(parent)) {
          try (DirectoryStream<Path> pods = Files.newDirectoryStream(parent, "pod*")) {
            pods.forEach(pod -> uids.add(pod.getFileName().toString().substring("pod".length())));
          }
        }
      }
    }
    return uids;
  }

  /** On v2 a controller reaches a cgroup only if each one above passes it on. */
  private static void createUnified(Path mount, String cgroup) throws IOException {
    Path at = mount;
    for (String name : cgroup.substring(1).split("/")) {
      passOnControllers(at);
      at = at.resolve(name);
      Files.createDirectories(at);
    }
    passOnControllers(at);
  }

  private static void passOnControllers(Path cgroup) throws IOException {
    Path available = cgroup.resolve("cgroup.controllers");
    Path enabled = cgroup.resolve("cgroup.subtree_control");
    if (!Files.exists(available) || !Files.exists(enabled)) {
      return;
    }
    Set<String> missing = new HashSet<>(words(available));
    missing.removeAll(words(enabled));
    for (String controller : missing) {
      Files.writeString(enabled, "+" + controller);
    }
  }

  private static List<String> words(Path file) throws IOException {
    String text = Files.readString(file).strip();
    return text.isEmpty() ? List.of() : List.of(text.split("\\s+"));
  }

  private static void removeTree(Path cgroup) throws IOException {
    try (DirectoryStream<Path> children = Files.newDirectoryStream(cgroup, Files::isDirectory)) {
      for (Path child : children) {
        removeTree(child);
      }
    } catch (NoSuchFileException e) {
      return;
    }
    Files.deleteIfExists(cgroup);
  }
}

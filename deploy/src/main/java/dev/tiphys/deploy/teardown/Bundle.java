package dev.tiphys.deploy.teardown;

import dev.tiphys.deploy.machine.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A container as containerd's shim keeps it on disk, readable whether or not containerd runs.
 *
 * @param path its directory in containerd's state
 * @param cgroup the container's path within each cgroup hierarchy, without a leading slash; may be
 *     empty
 * @param networkNamespace the file that its network namespace is bound to; may be empty
 * @param init the number of its first process
 * @param shimSocket the socket of its shim, which containerd puts below /run; may be empty
 */
record Bundle(
    Path path, String cgroup, String networkNamespace, Optional<Long> init, String shimSocket) {

  /** Every container below a state directory. */
  static List<Bundle> all(Path containerdState) throws IOException {
    var bundles = new ArrayList<Bundle>();
    Path tasks = containerdState.resolve("io.containerd.runtime.v2.task");
    if (!Files.isDirectory(tasks)) {
      return bundles;
    }
    try (var namespaces = Files.newDirectoryStream(tasks)) {
      for (Path namespace : namespaces) {
        try (var containers = Files.newDirectoryStream(namespace)) {
          for (Path container : containers) {
            bundles.add(read(container));
          }
        }
      }
    }
    return bundles;
  }

  private static Bundle read(Path path) {
    Json config = json(path.resolve("config.json"));
    String network =
        config.get("linux").get("namespaces").items().stream()
            .filter(namespace -> namespace.get("type").text().equals("network"))
            .map(namespace -> namespace.get("path").text())
            .findFirst()
            .orElse("");
    String pid = text(path.resolve("init.pid"));
    return new Bundle(
        path,
        config.get("linux").get("cgroupsPath").text().replaceFirst("^/+", ""),
        network,
        pid.matches("\\d+") ? Optional.of(Long.valueOf(pid)) : Optional.empty(),
        text(path.resolve("address")).replaceFirst("^unix://", ""));
  }

  private static Json json(Path file) {
    try {
      return Json.parse(Files.readAllBytes(file));
    } catch (IOException | IllegalArgumentException halfWritten) {
      // A container that was being made when everything was killed: there is nothing to know of it.
      return Json.parse(new byte[] {'{', '}'});
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException absent) {
      return "";
    }
  }
}

package dev.tiphys.kubelet.runtime;

import static java.util.Objects.requireNonNull;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.Pod;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files that every container has beside its volumes: logs, hosts, termination message. */
final class PodFiles {
  private static final Logger log = LoggerFactory.getLogger(PodFiles.class);
  private static final Path NODE_HOSTS = Path.of("/etc/hosts");
  private static final String HOSTS = "/etc/hosts";

  private final RuntimeSettings settings;

  PodFiles(RuntimeSettings settings) {
    this.settings = settings;
  }

  void createLogDirectory(PodIdentity pod) throws IOException {
    Files.createDirectories(settings.logsOf(pod));
  }

  /** Makes the container's own files; returns their mounts, save where a volume is in the place. */
  List<HostMount> ownMounts(ContainerRequest request) throws IOException {
    Pod pod = request.sandbox().pod();
    Container container = request.container();
    String name = requireNonNull(container.name());
    Path logs =
        requireNonNull(
            settings.logOf(PodIdentity.of(pod), name, request.restartCount()).getParent());
    Files.createDirectories(logs);
    List<HostMount> mounts = new ArrayList<>();
    if (isFree(HOSTS, request)) {
      mounts.add(mount(HOSTS, writeHosts(request)));
    }
    String termination = ContainerConfigs.terminationPath(container);
    if (isFree(termination, request)) {
      Path directory = request.sandbox().podDirectory().resolve("containers").resolve(name);
      Files.createDirectories(directory);
      Path file = directory.resolve("termination-" + request.restartCount());
      Files.deleteIfExists(file);
      Files.createFile(file);
      // Whoever the container runs as must be able to write it.
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
      mounts.add(mount(termination, file));
    }
    return mounts;
  }

  private static boolean isFree(String path, ContainerRequest request) {
    return request.mounts().stream().noneMatch(mount -> mount.containerPath().equals(path));
  }

  private static HostMount mount(String containerPath, Path file) {
    return new HostMount(containerPath, file, false, HostMount.Propagation.PRIVATE);
  }

  private static Path writeHosts(ContainerRequest request) throws IOException {
    Pod pod = request.sandbox().pod();
    boolean hostNetwork = Boolean.TRUE.equals(requireNonNull(pod.spec()).hostNetwork());
    String text =
        hostNetwork
            ? HostsFile.ofNode(pod, Files.exists(NODE_HOSTS) ? Files.readString(NODE_HOSTS) : "")
            : HostsFile.of(pod, request.podIps(), request.sandbox().clusterDomain());
    Files.createDirectories(request.sandbox().podDirectory());
    Path file = request.sandbox().podDirectory().resolve("etc-hosts");
    // Written in place: containers that run already have this very file mounted.
    return Files.writeString(file, text);
  }

  /** Removes a container's log and what rotation made of it. */
  void removeLog(Path file) {
    Path directory = requireNonNull(file.getParent());
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(directory, requireNonNull(file.getFileName()) + "*")) {
      for (Path old : files) {
        Files.deleteIfExists(old);
      }
    } catch (NoSuchFileException e) {
      log.debug("log is gone already path={}", file);
    } catch (IOException e) {
      log.warn("log not removed path={} error={}", file, e.toString());
    }
  }

  /** Removes all logs of a pod. */
  void removeLogs(PodIdentity pod) {
    Path directory = settings.logsOf(pod);
    if (!Files.exists(directory)) {
      return;
    }
    try {
      Files.walkFileTree(
          directory,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path each, @Nullable IOException failure)
                throws IOException {
              Files.delete(each);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      log.warn("logs not removed path={} error={}", directory, e.toString());
    }
  }
}

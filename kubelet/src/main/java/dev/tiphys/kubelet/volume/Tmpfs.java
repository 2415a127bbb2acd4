package dev.tiphys.kubelet.volume;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * File systems in memory: for secrets, which must not reach a disk, and for directories that ask
 * for it. Runs {@code mount} and {@code umount}. Thread-safe.
 */
class Tmpfs {

  private static final Path MOUNTS = Path.of("/proc/self/mounts");
  private static final long TIMEOUT_SECONDS = 30;

  /**
   * Mounts one, unless one is mounted there.
   *
   * @param sizeBytes the most that it holds; 0 for the kernel's default, half of memory
   */
  void mount(Path directory, long sizeBytes) throws IOException {
    if (mountedBelow(directory).contains(directory)) {
      return;
    }
    Files.createDirectories(directory);
    List<String> command = new ArrayList<>(List.of("mount", "-t", "tmpfs"));
    if (sizeBytes > 0) {
      command.addAll(List.of("-o", "size=" + sizeBytes));
    }
    command.addAll(List.of("tmpfs", directory.toString()));
    run(command);
  }

  /** Unmounts all that is mounted at or below a directory. */
  void unmountBelow(Path directory) throws IOException {
    for (Path mountpoint : mountedBelow(directory)) {
      run(List.of("umount", mountpoint.toString()));
    }
  }

  private static List<Path> mountedBelow(Path directory) throws IOException {
    List<Path> found = new ArrayList<>();
    for (String line : Files.readAllLines(MOUNTS)) {
      String[] fields = line.split(" ");
      // The kernel writes blanks and backslashes in octal.
      Path mountpoint = Path.of(fields[1].replace("\\040", " ").replace("\\134", "\\"));
      if (mountpoint.startsWith(directory)) {
        found.add(mountpoint);
      }
    }
    found.sort(Comparator.comparing(Path::getNameCount).reversed());
    return found;
  }

  private static void run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(String.join(" ", command) + " did not end");
      }
      if (process.exitValue() != 0) {
        throw new IOException(String.join(" ", command) + ": " + output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}

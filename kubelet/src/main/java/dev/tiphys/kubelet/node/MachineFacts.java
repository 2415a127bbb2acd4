package dev.tiphys.kubelet.node;

import dev.tiphys.api.core.v1.NodeSystemInfo;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel says of this machine. The only class of the package that reads files.
 *
 * @param cores processors that are online
 * @param memoryBytes all memory
 * @param availableMemoryBytes what could be had now without swapping
 * @param diskBytes size of the file system that holds the kubelet's directory
 * @param availableDiskBytes what is free of it
 * @param info the rest
 */
record MachineFacts(
    int cores,
    long memoryBytes,
    long availableMemoryBytes,
    long diskBytes,
    long availableDiskBytes,
    NodeSystemInfo info) {

  /**
   * Reads the facts.
   *
   * @throws IOException if the kernel does not tell its memory
   */
  static MachineFacts read(Path kubeletDirectory) throws IOException {
    FileStore disk = Files.getFileStore(kubeletDirectory);
    return new MachineFacts(
        Runtime.getRuntime().availableProcessors(),
        memory("MemTotal:"),
        memory("MemAvailable:"),
        disk.getTotalSpace(),
        disk.getUsableSpace(),
        NodeSystemInfo.builder()
            .machineID(line("/etc/machine-id", "/var/lib/dbus/machine-id").orElse(""))
            .systemUUID(
                line("/sys/class/dmi/id/product_uuid").or(() -> line("/etc/machine-id")).orElse(""))
            .bootID(line("/proc/sys/kernel/random/boot_id").orElse(""))
            .kernelVersion(System.getProperty("os.version"))
            .osImage(osImage())
            .operatingSystem("linux")
            .architecture(architecture())
            .build());
  }

  /** As Go names architectures. */
  static String architecture() {
    String name = System.getProperty("os.arch");
    return name.equals("aarch64") ? "arm64" : name;
  }

  static long memory(String field) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
      if (line.startsWith(field)) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
      }
    }
    throw new IOException("/proc/meminfo has no " + field);
  }

  private static String osImage() {
    return lines("/etc/os-release")
        .flatMap(text -> text.lines().filter(l -> l.startsWith("PRETTY_NAME=")).findFirst())
        .map(line -> line.substring("PRETTY_NAME=".length()).replace("\"", ""))
        .orElse("Linux");
  }

  private static Optional<String> line(String... files) {
    for (String file : files) {
      Optional<String> text = lines(file).map(String::strip).filter(t -> !t.isEmpty());
      if (text.isPresent()) {
        return text;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> lines(String file) {
    @Nullable String text;
    try {
      text = Files.readString(Path.of(file));
    } catch (IOException e) {
      // Machines differ in which of these they have, and none is needed.
      text = null;
    }
    return Optional.ofNullable(text);
  }
}

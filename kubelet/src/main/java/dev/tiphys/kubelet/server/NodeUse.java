package dev.tiphys.kubelet.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * What the whole node uses, as the kernel tells it.
 *
 * @param cpuNanoSeconds busy CPU time since boot, over all cores
 * @param memoryBytes the node's memory
 * @param availableBytes what could be given out without swapping
 */
record NodeUse(long cpuNanoSeconds, long memoryBytes, long availableBytes) {
  // /proc counts CPU time in hundredths of a second on every Linux that Java runs on.
  private static final long NANOS_PER_TICK = 10_000_000L;
  private static final int IDLE_FIELD = 3;
  private static final int IO_WAIT_FIELD = 4;
  private static final int LAST_FIELD = 7;

  static NodeUse read() throws IOException {
    return parse(
        Files.readString(Path.of("/proc/stat")), Files.readString(Path.of("/proc/meminfo")));
  }

  /** From the text of /proc/stat and /proc/meminfo. */
  static NodeUse parse(String stat, String memory) {
    String[] ticks = stat.substring(stat.indexOf("cpu ") + 4).strip().split("\\s+");
    long busy = 0;
    for (int i = 0; i <= LAST_FIELD; i++) {
      busy += i == IDLE_FIELD || i == IO_WAIT_FIELD ? 0 : Long.parseLong(ticks[i]);
    }
    Map<String, Long> bytes = new HashMap<>();
    for (String line : memory.lines().toList()) {
      String[] words = line.split("[:\\s]+");
      if (words.length > 1) {
        bytes.put(words[0], Long.parseLong(words[1]) << 10);
      }
    }
    return new NodeUse(
        busy * NANOS_PER_TICK,
        bytes.getOrDefault("MemTotal", 0L),
        bytes.getOrDefault("MemAvailable", 0L));
  }

  long workingSetBytes() {
    return memoryBytes - availableBytes;
  }
}

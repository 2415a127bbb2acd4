package dev.tiphys.deploy.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The mounts that this process sees. */
public final class Mounts {
  private Mounts() {}

  /** Mount points at or below a directory, those mounted last first: the order to unmount in. */
  public static List<Path> below(Path directory) throws IOException {
    return parse(Files.readString(Path.of("/proc/self/mountinfo"))).stream()
        .filter(point -> point.startsWith(directory))
        .toList()
        .reversed();
  }

  /** The mount points of a mountinfo text, in its order. */
  static List<Path> parse(String mountinfo) {
    return mountinfo.lines().map(line -> Path.of(unescape(line.split(" ")[4]))).toList();
  }

  /** The kernel writes spaces and the like as octal numbers. */
  static String unescape(String text) {
    return text.replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\");
  }
}

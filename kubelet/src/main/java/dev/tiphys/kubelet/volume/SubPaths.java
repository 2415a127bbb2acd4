package dev.tiphys.kubelet.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Finds a part of a volume without ever leaving the volume, though containers may change names and
 * links in it at the same time: where links lead is read first, then the way is gone anew, from
 * descriptor to descriptor, over no link at all.
 */
final class SubPaths {

  private SubPaths() {}

  /**
   * Holds a part of a volume; what is missing of it becomes a directory with the volume's mode.
   *
   * @throws VolumeException if it leads out of the volume
   */
  static HeldFile hold(Path volume, String subPath) throws VolumeException, IOException {
    Path real = volume.toRealPath();
    Path wanted = real.resolve(subPath).normalize();
    Path there = existing(wanted);
    Path target = there.toRealPath();
    if (subPath.startsWith("/") || !wanted.startsWith(real) || !target.startsWith(real)) {
      throw new VolumeException("subPath " + subPath + " leads out of its volume");
    }
    int mode = (Integer) Files.getAttribute(real, "unix:mode") & 07777;
    HeldFile at = HeldFile.of(real);
    for (Path name : real.relativize(target.resolve(there.relativize(wanted)))) {
      if (!name.toString().isEmpty()) {
        try (HeldFile directory = at) {
          at = directory.entryOrNewDirectory(name.toString(), mode);
        }
      }
    }
    return at;
  }

  private static Path existing(Path path) {
    Path at = path;
    while (!Files.exists(at) && at.getParent() != null) {
      at = at.getParent();
    }
    return at;
  }
}

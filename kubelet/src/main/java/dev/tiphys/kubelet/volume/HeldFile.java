package dev.tiphys.kubelet.volume;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file or directory held by its descriptor: whatever others do to its name, this stays the same
 * file. A container can change names in its volumes at any moment, so what was checked by name may
 * be something else when it is used.
 *
 * <p>For one thread. Linux only.
 */
final class HeldFile implements AutoCloseable {

  private final int descriptor;

  private HeldFile(int descriptor) {
    this.descriptor = descriptor;
  }

  /** Holds what has that absolute name now. */
  static HeldFile of(Path path) throws IOException {
    return new HeldFile(LinuxCalls.open(LinuxCalls.AT_FDCWD, path.toString()));
  }

  /**
   * Holds an entry of this directory.
   *
   * @throws VolumeException if it is a symbolic link
   * @throws NoSuchFileException if there is none
   */
  HeldFile entry(String name) throws IOException, VolumeException {
    HeldFile entry = new HeldFile(LinuxCalls.open(descriptor, name));
    // To the descriptor of a link, /proc leads to the link itself.
    if (Files.readAttributes(entry.path(), "unix:mode").get("mode") instanceof Integer mode
        && (mode & 0170000) == 0120000) {
      entry.close();
      throw new VolumeException(name + " was replaced by a symbolic link while it was looked at");
    }
    return entry;
  }

  /** Holds an entry of this directory; makes it a directory with that mode if there is none. */
  HeldFile entryOrNewDirectory(String name, int mode) throws IOException, VolumeException {
    try {
      return entry(name);
    } catch (NoSuchFileException none) {
      try {
        LinuxCalls.makeDirectory(descriptor, name, mode);
      } catch (FileAlreadyExistsException since) {
        return entry(name);
      }
      HeldFile made = entry(name);
      // What the process masks on creation counts for its own files, not for those of pods.
      Files.setAttribute(made.path(), "unix:mode", mode);
      return made;
    }
  }

  /** A name of this very file, valid as long as it is held, in this process only. */
  Path path() {
    return Path.of("/proc/self/fd/" + descriptor);
  }

  /**
   * Shows this file at another place, in the stead of what was shown there.
   *
   * @param target below a directory that only the kubelet can write
   */
  void bindTo(Path target) throws IOException {
    if (Files.exists(target)) {
      LinuxCalls.unmount(target.toString());
      Files.deleteIfExists(target);
    }
    if (Files.isDirectory(path())) {
      Files.createDirectories(target);
    } else {
      Files.createDirectories(target.getParent());
      Files.write(target, new byte[0], StandardOpenOption.CREATE_NEW);
    }
    LinuxCalls.bind(path().toString(), target.toString());
  }

  @Override
  public void close() throws IOException {
    LinuxCalls.close(descriptor);
  }
}

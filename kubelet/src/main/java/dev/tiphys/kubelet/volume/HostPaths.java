package dev.tiphys.kubelet.volume;

import dev.tiphys.api.core.v1.HostPathVolumeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files and directories of the node that a pod asks for by path; checked to be what it says. */
final class HostPaths {

  private static final FileAttribute<Set<PosixFilePermission>> DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x"));
  private static final FileAttribute<Set<PosixFilePermission>> FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--"));
  private static final int TYPE_BITS = 0170000;
  private static final int SOCKET = 0140000;
  private static final int CHAR_DEVICE = 0020000;
  private static final int BLOCK_DEVICE = 0060000;

  private HostPaths() {}

  static Path prepare(HostPathVolumeSource source) throws VolumeException, IOException {
    Path path = Path.of(String.valueOf(source.path()));
    if (!path.isAbsolute() || !path.equals(path.normalize())) {
      throw new VolumeException("hostPath " + path + " must be absolute and without '..'");
    }
    String type = source.type() == null ? "" : source.type();
    switch (type) {
      case "" -> {}
      case "DirectoryOrCreate" -> {
        if (!Files.exists(path)) {
          Files.createDirectories(path, DIRECTORY);
        }
        require(Files.isDirectory(path), path, "a directory");
      }
      case "FileOrCreate" -> {
        if (!Files.exists(path)) {
          Files.createFile(path, FILE);
        }
        require(Files.isRegularFile(path), path, "a file");
      }
      case "Directory" -> require(Files.isDirectory(path), path, "a directory");
      case "File" -> require(Files.isRegularFile(path), path, "a file");
      case "Socket" -> require(isOfType(path, SOCKET), path, "a socket");
      case "CharDevice" -> require(isOfType(path, CHAR_DEVICE), path, "a character device");
      case "BlockDevice" -> require(isOfType(path, BLOCK_DEVICE), path, "a block device");
      default -> throw new VolumeException("unknown hostPath type " + type);
    }
    return path;
  }

  private static boolean isOfType(Path path, int type) throws IOException {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS)
        && ((Integer) Files.getAttribute(path, "unix:mode") & TYPE_BITS) == type;
  }

  private static void require(boolean holds, Path path, String what) throws VolumeException {
    if (!holds) {
      throw new VolumeException("hostPath type check failed: " + path + " is not " + what);
    }
  }
}

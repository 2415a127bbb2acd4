package dev.tiphys.kubelet.volume;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes files into a directory so that whoever reads it meets either all old or all new contents,
 * in upstream's layout, which programs rely on to notice updates:
 *
 * <pre>
 * ..1732170000-1a2b/key      the contents, in a directory of their own
 * ..data -> ..1732170000-1a2b
 * key -> ..data/key
 * </pre>
 *
 * The switch is the renaming of one symbolic link.
 */
final class AtomicDirectory {

  private static final String DATA = "..data";
  private static final String NEXT_DATA = "..data_tmp";

  private final Path directory;

  AtomicDirectory(Path directory) {
    this.directory = directory;
  }

  /**
   * Brings the directory to hold these files and no others; does nothing if it does.
   *
   * @param files by path relative to the directory, as checked by {@link VolumePath}
   * @param generation unique among all writes to this directory
   * @param group owner group of the files, or null for the kubelet's
   */
  void write(Map<String, VolumeFile> files, String generation, @Nullable Integer group)
      throws IOException {
    Files.createDirectories(directory);
    @Nullable Path current = current();
    if (current != null && holds(current, files)) {
      linkAll(files.keySet());
      return;
    }
    Path fresh = directory.resolve(".." + generation);
    Files.createDirectory(fresh);
    permit(fresh, 0755);
    for (Map.Entry<String, VolumeFile> file : files.entrySet()) {
      Path path = fresh.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue().content().toByteArray());
      permit(path, file.getValue().mode());
      if (group != null) {
        Files.setAttribute(path, "unix:gid", group);
      }
    }
    Path next = directory.resolve(NEXT_DATA);
    Files.deleteIfExists(next);
    Files.createSymbolicLink(next, fresh.getFileName());
    Files.move(
        next,
        directory.resolve(DATA),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    linkAll(files.keySet());
    removeOthers(fresh);
  }

  private @Nullable Path current() throws IOException {
    try {
      return directory.resolve(Files.readSymbolicLink(directory.resolve(DATA)).getFileName());
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static boolean holds(Path current, Map<String, VolumeFile> files) throws IOException {
    Set<String> present = new HashSet<>();
    try (Stream<Path> walk = Files.walk(current)) {
      walk.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
          .forEach(path -> present.add(current.relativize(path).toString()));
    } catch (NoSuchFileException e) {
      return false;
    }
    if (!present.equals(files.keySet())) {
      return false;
    }
    for (Map.Entry<String, VolumeFile> file : files.entrySet()) {
      byte[] wanted = file.getValue().content().toByteArray();
      if (!Arrays.equals(Files.readAllBytes(current.resolve(file.getKey())), wanted)) {
        return false;
      }
    }
    return true;
  }

  /** Links the first part of each path, so that files below a folder share the folder's link. */
  private void linkAll(Set<String> paths) throws IOException {
    Set<String> wanted = new TreeSet<>();
    for (String path : paths) {
      wanted.add(Path.of(path).getName(0).toString());
    }
    for (String name : wanted) {
      try {
        Files.createSymbolicLink(directory.resolve(name), Path.of(DATA, name));
      } catch (FileAlreadyExistsException e) {
        // It is there from the last time and leads to the new contents by itself.
        continue;
      }
    }
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path entry : entries.toList()) {
        String name = entry.getFileName().toString();
        if (!name.startsWith("..") && !wanted.contains(name)) {
          Files.delete(entry);
        }
      }
    }
  }

  private void removeOthers(Path kept) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path entry : entries.toList()) {
        String name = entry.getFileName().toString();
        if (name.startsWith("..") && !name.equals(DATA) && !entry.equals(kept)) {
          FileTrees.delete(entry);
        }
      }
    }
  }

  private static void permit(Path path, int mode) throws IOException {
    PosixFilePermission[] all = PosixFilePermission.values();
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    // The constants stand in the order of the bits, the highest first.
    for (int i = 0; i < all.length; i++) {
      if ((mode & (1 << (all.length - 1 - i))) != 0) {
        permissions.add(all[i]);
      }
    }
    Files.setPosixFilePermissions(path, permissions);
  }
}

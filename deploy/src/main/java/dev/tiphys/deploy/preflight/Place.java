package dev.tiphys.deploy.preflight;

import dev.tiphys.deploy.Limits;
import dev.tiphys.deploy.layout.DataDir;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether a cluster may live in a directory. */
final class Place {
  /** What a file system or an earlier attempt leaves in a directory that is empty otherwise. */
  private static final Set<String> NOBODYS = Set.of("lost+found", ".lock", "train");

  private Place() {}

  /** Why a new or known cluster cannot be in this directory; nothing is changed on disk. */
  static Optional<String> complaint(DataDir directory) throws IOException {
    return name(directory.root()).or(() -> kind(directory.root())).or(() -> content(directory));
  }

  /** Paths go into configuration files and mount options, where some characters mean something. */
  static Optional<String> name(Path directory) {
    String name = directory.toString();
    if (!name.matches("[A-Za-z0-9/._@%+=-]+")) {
      return Optional.of(
          "--data-dir "
              + name
              + " has characters that mount options cannot carry: use letters, digits, '.', '_' and '-'.");
    }
    if (name.length() > Limits.DATA_DIR_LENGTH) {
      return Optional.of(
          "--data-dir "
              + name
              + " is too long for the sockets below it: use at most "
              + Limits.DATA_DIR_LENGTH
              + " characters.");
    }
    return Optional.empty();
  }

  private static Optional<String> kind(Path directory) {
    return Files.exists(directory) && !Files.isDirectory(directory)
        ? Optional.of("--data-dir " + directory + " is not a directory: choose another.")
        : Optional.empty();
  }

  /** {@code down --purge} deletes the whole directory, so nothing of anybody else may be in it. */
  private static Optional<String> content(DataDir directory) {
    if (!Files.isDirectory(directory.root()) || Files.exists(directory.settings())) {
      return Optional.empty();
    }
    try (var entries = Files.list(directory.root())) {
      List<String> others =
          entries
              .map(entry -> entry.getFileName().toString())
              .filter(entry -> !NOBODYS.contains(entry))
              .sorted()
              .toList();
      return others.isEmpty()
          ? Optional.empty()
          : Optional.of(
              "--data-dir "
                  + directory.root()
                  + " holds "
                  + others.getFirst()
                  + (others.size() > 1 ? " and more" : "")
                  + ", and no cluster: choose a new or an empty directory.");
    } catch (IOException unreadable) {
      return Optional.of("--data-dir " + directory.root() + " cannot be read: " + unreadable);
    }
  }
}

package dev.tiphys.kubelet.logs;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;

/**
 * Keeps a running container's log from filling the disk: a log that has grown too large is renamed
 * to {@code N.log.20260102-030405}, the runtime is told to begin a new one, all renamed ones but
 * the newest are compressed, and the oldest are removed. Readers follow from one file into the
 * next.
 *
 * <p>Keeps no state. One log at a time; several logs by several threads.
 */
public final class LogRotation {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final String COMPRESSED = ".gz";
  private static final String UNFINISHED = ".tmp";

  /** Tells the runtime to write a container's log into a new file. */
  @FunctionalInterface
  public interface Reopen {
    /** Throws whatever the runtime's failure is; the log gets its old name back then. */
    void reopen();
  }

  private final LogQuota quota;
  private final InstantSource clock;

  /** Keeps to {@code quota}; {@code clock} names the renamed files. */
  public LogRotation(LogQuota quota, InstantSource clock) {
    this.quota = quota;
    this.clock = clock;
  }

  /**
   * Rotates {@code log} if it is too large. A log that is not there is none of our business.
   *
   * @return whether it was rotated
   */
  public boolean rotate(Path log, Reopen reopen) throws IOException {
    try {
      if (Files.size(log) <= quota.maxBytes()) {
        return false;
      }
    } catch (NoSuchFileException e) {
      return false;
    }
    List<Path> old = rotated(log);
    for (Path each : old) {
      compress(each);
    }
    // What is kept is one current, one fresh and the rest compressed.
    removeOldest(rotated(log), quota.maxFiles() - 2);
    Path renamed = log.resolveSibling(log.getFileName() + "." + STAMP.format(clock.instant()));
    Files.move(log, renamed);
    try {
      reopen.reopen();
    } catch (RuntimeException e) {
      Files.move(renamed, log);
      throw e;
    }
    return true;
  }

  /** What earlier rotations left, oldest first; half-made files are removed. */
  private static List<Path> rotated(Path log) throws IOException {
    List<Path> found = new ArrayList<>();
    Path directory = requireNonNull(log.toAbsolutePath().getParent());
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(directory, log.getFileName() + ".*")) {
      for (Path file : files) {
        if (file.toString().endsWith(UNFINISHED)) {
          Files.deleteIfExists(file);
        } else {
          found.add(file);
        }
      }
    }
    found.sort(Comparator.comparing(Path::toString)); // The stamp sorts as time does.
    return found;
  }

  private static void compress(Path file) throws IOException {
    if (file.toString().endsWith(COMPRESSED)) {
      return;
    }
    Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
    try (InputStream in = Files.newInputStream(file);
        OutputStream out = new GZIPOutputStream(Files.newOutputStream(unfinished))) {
      in.transferTo(out);
    }
    Files.move(
        unfinished,
        file.resolveSibling(file.getFileName() + COMPRESSED),
        StandardCopyOption.ATOMIC_MOVE);
    Files.delete(file);
  }

  private static void removeOldest(List<Path> files, int keep) throws IOException {
    for (Path file : files.subList(0, Math.max(0, files.size() - keep))) {
      Files.deleteIfExists(file);
    }
  }
}

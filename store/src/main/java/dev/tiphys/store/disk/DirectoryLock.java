package dev.tiphys.store.disk;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The right to a data directory: one process changes it, or several look at it. The system takes
 * the right back when a process ends, however it ends. Close it after everything that works there.
 */
public final class DirectoryLock implements Closeable {
  /** Stays in the directory, empty. */
  public static final String FILE = "lock";

  private final @Nullable FileChannel channel;

  private DirectoryLock(@Nullable FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes a directory for oneself; makes it, durable, when it is not there.
   *
   * @throws IOException when somebody else works there; nothing was changed then
   */
  public static DirectoryLock own(Path directory) throws IOException {
    make(directory);
    return take(directory, false, CREATE, WRITE);
  }

  /**
   * Keeps others from changing a directory while it is looked at. Changes nothing there, so a
   * directory that no member has opened is not kept.
   *
   * @throws IOException when somebody works there
   */
  public static DirectoryLock look(Path directory) throws IOException {
    return Files.exists(directory.resolve(FILE))
        ? take(directory, true, READ)
        : new DirectoryLock(null);
  }

  private static DirectoryLock take(Path directory, boolean shared, OpenOption... options)
      throws IOException {
    var channel = FileChannel.open(directory.resolve(FILE), options);
    try {
      if (channel.tryLock(0, Long.MAX_VALUE, shared) != null) {
        return new DirectoryLock(channel);
      }
    } catch (OverlappingFileLockException e) {
      // By this very process.
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    throw new IOException(
        directory
            + " is in use by a running member or another command; stop that one first, or name"
            + " another directory");
  }

  private static void make(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    var parent = directory.toAbsolutePath().getParent();
    if (parent != null) {
      make(parent);
    }
    Files.createDirectories(directory);
    if (parent != null) {
      new DirectoryDisk(parent).syncDirectory();
    }
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }
}

package dev.tiphys.apiserver.configfile;

import dev.tiphys.daemon.ConfigException;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of a file's new content whenever it has changed: at once where the file system tells of
 * changes, and within a minute in any case. Thread-safe.
 */
public final class FileWatch implements AutoCloseable {

  /** Takes the new content; called by one thread. */
  @FunctionalInterface
  public interface Taker {
    /** The file has another content now. */
    void changed(byte[] content);
  }

  /** As upstream: for file systems that do not tell. */
  private static final Duration AT_LATEST = Duration.ofMinutes(1);

  private static final Logger log = LoggerFactory.getLogger(FileWatch.class);

  private final Path file;
  private final WatchService service;
  private final Taker taker;
  private byte[] known;

  private FileWatch(Path file, byte[] known, WatchService service, Taker taker) {
    this.file = file;
    this.known = known;
    this.service = service;
    this.taker = taker;
  }

  /**
   * Begins to watch.
   *
   * @param known the content that was read before
   * @param threads has one thread of its own for the watch
   * @throws ConfigException if the file's folder cannot be watched
   */
  public static FileWatch start(Path file, byte[] known, Taker taker, Executor threads) {
    Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
    try {
      WatchService service = folder.getFileSystem().newWatchService();
      // The folder, not the file: files are replaced by others as often as they are written.
      folder.register(
          service,
          StandardWatchEventKinds.ENTRY_CREATE,
          StandardWatchEventKinds.ENTRY_MODIFY,
          StandardWatchEventKinds.ENTRY_DELETE);
      FileWatch watch = new FileWatch(file, known.clone(), service, taker);
      threads.execute(watch::run);
      return watch;
    } catch (IOException e) {
      throw new ConfigException("cannot watch " + folder + ": " + e.getMessage(), e);
    }
  }

  private void run() {
    try {
      while (true) {
        WatchKey key = service.poll(AT_LATEST.toMillis(), TimeUnit.MILLISECONDS);
        if (key != null) {
          key.pollEvents();
          key.reset();
        }
        look();
      }
    } catch (ClosedWatchServiceException _) {
      log.debug("event=file-watch-ended path={}", file);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    try {
      byte[] content = Files.readAllBytes(file);
      if (!Arrays.equals(content, known)) {
        known = content;
        taker.changed(content);
      }
    } catch (IOException e) {
      // It may be there again in a moment; what was read last goes on to hold.
      log.warn("event=file-unreadable path={} message=\"{}\"", file, e.toString());
    }
  }

  @Override
  public void close() throws IOException {
    service.close();
  }
}

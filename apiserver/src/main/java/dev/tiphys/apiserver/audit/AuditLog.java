package dev.tiphys.apiserver.audit;

import dev.tiphys.daemon.ConfigException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file that events go to, a line each. When it has grown enough it is renamed after the moment,
 * as upstream's is, and begun anew; old ones are removed by number and age. Thread-safe; a line is
 * written before {@link #write} returns.
 */
public final class AuditLog implements AutoCloseable {

  /** To standard output instead of a file. */
  private static final Path STANDARD_OUTPUT = Path.of("-");

  private static final Logger log = LoggerFactory.getLogger(AuditLog.class);
  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH-mm-ss.SSS");

  /**
   * Where to and how much.
   *
   * @param path the file, or {@code -} for standard output
   * @param maxBytes of a file; 0 for no bound
   * @param maxBackups old files to keep; 0 for all
   * @param maxAge after which old files go; zero for never
   */
  public record Settings(Path path, long maxBytes, int maxBackups, Duration maxAge) {}

  private final Settings settings;
  private final InstantSource clock;
  private final PrintStream standardOutput;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable OutputStream out;
  private long size;

  /**
   * Opens the log.
   *
   * @throws ConfigException if the file cannot be written
   */
  public AuditLog(Settings settings, InstantSource clock, PrintStream standardOutput) {
    this.settings = settings;
    this.clock = clock;
    this.standardOutput = standardOutput;
    try {
      open();
    } catch (IOException e) {
      throw new ConfigException("--audit-log-path: cannot write " + settings.path(), e);
    }
  }

  private boolean toFile() {
    return !settings.path().equals(STANDARD_OUTPUT);
  }

  private OutputStream open() throws IOException {
    if (!toFile()) {
      out = standardOutput;
      return standardOutput;
    }
    Path folder = settings.path().toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    OutputStream file =
        Files.newOutputStream(
            settings.path(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    out = file;
    size = Files.size(settings.path());
    return file;
  }

  /** Writes a line; whether it could be written. */
  boolean write(byte[] line) {
    lock.lock();
    try {
      if (toFile()
          && settings.maxBytes() > 0
          && size > 0
          && size + line.length > settings.maxBytes()) {
        rotate();
      }
      OutputStream stream = out == null ? open() : out;
      stream.write(line);
      stream.flush();
      size += line.length;
      return true;
    } catch (IOException e) {
      log.error("event=audit-log-failed path={} message=\"{}\"", settings.path(), e.getMessage());
      return false;
    } finally {
      lock.unlock();
    }
  }

  private void rotate() throws IOException {
    close();
    Path old = settings.path().resolveSibling(stem() + "-" + moment(clock.instant()) + ending());
    Files.move(settings.path(), old);
    OutputStream _ = open();
    prune();
  }

  private String stem() {
    String name = String.valueOf(settings.path().getFileName());
    return name.substring(0, name.length() - ending().length());
  }

  private String ending() {
    String name = String.valueOf(settings.path().getFileName());
    int dot = name.lastIndexOf('.');
    return dot < 0 ? "" : name.substring(dot);
  }

  private static String moment(Instant instant) {
    return MOMENT.format(LocalDateTime.ofInstant(instant, ZoneOffset.UTC));
  }

  private record Backup(Path path, Instant at) {}

  private void prune() throws IOException {
    List<Backup> backups = new ArrayList<>();
    Path folder = settings.path().toAbsolutePath().getParent();
    if (folder == null) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      files.forEach(file -> addBackup(backups, file));
    }
    backups.sort(Comparator.comparing(Backup::at).reversed());
    Instant oldest = clock.instant().minus(settings.maxAge());
    for (int i = 0; i < backups.size(); i++) {
      boolean tooMany = settings.maxBackups() > 0 && i >= settings.maxBackups();
      boolean tooOld = !settings.maxAge().isZero() && backups.get(i).at().isBefore(oldest);
      if (tooMany || tooOld) {
        Files.deleteIfExists(backups.get(i).path());
      }
    }
  }

  private void addBackup(List<Backup> backups, Path file) {
    String name = String.valueOf(file.getFileName());
    String prefix = stem() + "-";
    if (!name.startsWith(prefix) || !name.endsWith(ending())) {
      return;
    }
    try {
      String moment = name.substring(prefix.length(), name.length() - ending().length());
      backups.add(new Backup(file, LocalDateTime.parse(moment, MOMENT).toInstant(ZoneOffset.UTC)));
    } catch (DateTimeParseException e) {
      log.debug("event=audit-log-not-a-backup file={} message=\"{}\"", file, e.getMessage());
    }
  }

  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      OutputStream stream = out;
      out = null;
      if (stream != null && toFile()) {
        stream.close();
      }
    } finally {
      lock.unlock();
    }
  }
}

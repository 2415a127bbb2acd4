package dev.tiphys.deploy.machine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The processes of this machine, as {@code /proc} shows them. What vanishes while being read counts
 * as gone.
 */
public final class ProcessTable {
  /** Linux counts process times in hundredths of a second on every architecture that we run on. */
  private static final long TICKS_PER_SECOND = 100;

  private final Path proc;

  public ProcessTable(Path proc) {
    this.proc = proc;
  }

  /**
   * A process that cannot be mistaken for a later one with the same number.
   *
   * @param startTicks when it started, in clock ticks since boot
   */
  public record Identity(long pid, long startTicks) {
    /** Reads the form written by the supervise script: {@code PID START}. */
    public static Optional<Identity> parse(String text) {
      String[] parts = text.strip().split(" ");
      try {
        return parts.length == 2
            ? Optional.of(new Identity(Long.parseLong(parts[0]), Long.parseLong(parts[1])))
            : Optional.empty();
      } catch (NumberFormatException notOurs) {
        return Optional.empty();
      }
    }
  }

  /**
   * The identity of the process that has the number now; empty when none has, or it is a zombie.
   */
  public Optional<Identity> find(long pid) {
    return read(pid, "stat").flatMap(stat -> parseStat(pid, stat));
  }

  static Optional<Identity> parseStat(long pid, String stat) {
    // The name stands in parentheses and may itself hold spaces and parentheses.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
    if (fields.length < 20 || fields[0].equals("Z") || fields[0].equals("X")) {
      return Optional.empty();
    }
    return Optional.of(new Identity(pid, Long.parseLong(fields[19])));
  }

  public boolean alive(Identity process) {
    return find(process.pid()).filter(process::equals).isPresent();
  }

  /** When the process started, given the time now. */
  public Instant startedAt(Identity process, Instant now) {
    double uptime =
        readFile(proc.resolve("uptime")).map(t -> Double.parseDouble(t.split(" ")[0])).orElse(0.0);
    return now.minus(
        Duration.ofMillis((long) (uptime * 1000) - process.startTicks() * 1000 / TICKS_PER_SECOND));
  }

  /** Resident memory in bytes; 0 when the process is gone. */
  public long residentBytes(long pid) {
    return read(pid, "status").stream()
        .flatMap(String::lines)
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst()
        .orElse(0);
  }

  /** Processes whose environment sets {@code name=value}. */
  public List<Identity> withEnvironment(String name, String value) {
    String wanted = "\0" + name + "=" + value + "\0";
    var found = new ArrayList<Identity>();
    for (long pid : all()) {
      if (read(pid, "environ").filter(e -> ("\0" + e + "\0").contains(wanted)).isPresent()) {
        find(pid).ifPresent(found::add);
      }
    }
    return found;
  }

  /** Every process number in use. */
  public List<Long> all() {
    var pids = new ArrayList<Long>();
    try (var entries = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path entry : entries) {
        pids.add(Long.parseLong(entry.getFileName().toString()));
      }
    } catch (IOException unreadable) {
      throw new java.io.UncheckedIOException(unreadable);
    }
    return pids;
  }

  private Optional<String> read(long pid, String file) {
    return readFile(proc.resolve(Long.toString(pid)).resolve(file));
  }

  private static Optional<String> readFile(Path file) {
    try {
      return Optional.of(Files.readString(file, StandardCharsets.ISO_8859_1));
    } catch (IOException gone) {
      return Optional.empty();
    }
  }
}

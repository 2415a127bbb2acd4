package dev.tiphys.deploy.bench;

import dev.tiphys.deploy.machine.ProcessTable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** The measured server's process on this machine, as {@code /proc} shows it. */
final class ServerProcess {

  private static final int LISTEN = 0x0a;
  private static final long NANOS_PER_TICK = 10_000_000;

  private final Path proc;
  private final long pid;

  private ServerProcess(Path proc, long pid) {
    this.proc = proc;
    this.pid = pid;
  }

  /** The process that listens on the server's port, if the server is on this machine. */
  static Optional<ServerProcess> of(URI server, int port) {
    try {
      InetAddress address = InetAddress.getByName(server.getHost());
      boolean here =
          address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
      return here ? listeningOn(Path.of("/proc"), port) : Optional.empty();
    } catch (UnknownHostException | SocketException e) {
      return Optional.empty();
    }
  }

  private static Optional<ServerProcess> listeningOn(Path proc, int port) {
    Set<String> sockets = new HashSet<>();
    for (String table : new String[] {"net/tcp", "net/tcp6"}) {
      text(proc.resolve(table))
          .lines()
          .skip(1)
          .map(line -> line.strip().split("\\s+"))
          .filter(c -> c.length > 9 && Integer.parseInt(c[3], 16) == LISTEN)
          .filter(c -> Integer.parseInt(c[1].substring(c[1].indexOf(':') + 1), 16) == port)
          .forEach(c -> sockets.add("socket:[" + c[9] + "]"));
    }
    return new ProcessTable(proc)
        .all().stream()
            .filter(pid -> holds(proc, pid, sockets))
            .findFirst()
            .map(pid -> new ServerProcess(proc, pid));
  }

  private static boolean holds(Path proc, long pid, Set<String> sockets) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(proc.resolve(pid + "/fd"))) {
      for (Path file : files) {
        if (Files.isSymbolicLink(file)
            && sockets.contains(Files.readSymbolicLink(file).toString())) {
          return true;
        }
      }
    } catch (IOException e) {
      // Another user's process, or one that has just ended: not the one that is looked for.
      return false;
    }
    return false;
  }

  long pid() {
    return pid;
  }

  /** Processor time used so far. */
  Duration cpu() {
    String stat = text(proc.resolve(pid + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
    return fields.length < 14
        ? Duration.ZERO
        : Duration.ofNanos(
            (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * NANOS_PER_TICK);
  }

  /** Resident memory in bytes. */
  long memory() {
    return new ProcessTable(proc).residentBytes(pid);
  }

  /**
   * Something done, and the most memory that the server had meanwhile.
   *
   * @param bytes resident
   */
  record Peak<T>(T result, long bytes) {}

  /** Does something and looks at the server's memory again and again until it is done. */
  <T> Peak<T> peakDuring(Supplier<T> work) {
    AtomicLong most = new AtomicLong(memory());
    Thread looker =
        Thread.ofVirtual()
            .start(() -> {
              while (!Thread.currentThread().isInterrupted()) {
                most.accumulateAndGet(memory(), Math::max);
                LockSupport.parkNanos(Limits.MEMORY_LOOK.toNanos());
              }
            });
    try {
      T result = work.get();
      most.accumulateAndGet(memory(), Math::max);
      return new Peak<>(result, most.get());
    } finally {
      looker.interrupt();
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      // The process has ended, or the kernel has no such table.
      return "";
    }
  }
}

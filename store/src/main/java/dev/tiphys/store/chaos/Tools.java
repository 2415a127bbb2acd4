package dev.tiphys.store.chaos;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What some disturbances need besides this program: strace, which makes a process' syncs take
 * longer, and gcc, for the little library that tells a process another time of day. (libfaketime
 * does that as well, but so slowly that three members never get to elect a leader.)
 */
final class Tools {
  private static final String NO_STRACE = "no strace in the PATH: apt-get install strace";
  private static final String NO_GCC = "no gcc in the PATH: apt-get install gcc libc6-dev";
  private static final long ATTACH_SECONDS = 20;
  private static final long LOOK_MILLIS = 20;

  private Tools() {}

  /** Says what a disturbance lacks on this machine, and how to get it; empty: nothing. */
  static Optional<String> missingFor(Disturbance disturbance) {
    return switch (disturbance) {
      case SLOW -> program("strace").isPresent() ? Optional.empty() : Optional.of(NO_STRACE);
      case JUMP -> program("gcc").isPresent() ? Optional.empty() : Optional.of(NO_GCC);
      default -> Optional.empty();
    };
  }

  /**
   * Builds what tells processes another time of day.
   *
   * @param directory where it is put
   */
  static Path clockLibrary(Path directory) throws IOException, InterruptedException {
    var source = directory.resolve("clock.c").toAbsolutePath();
    try (var in = Tools.class.getResourceAsStream("clock.c")) {
      Files.write(source, Objects.requireNonNull(in, "clock.c").readAllBytes());
    }
    var library = source.resolveSibling("clock.so");
    var gcc =
        new ProcessBuilder(
                program("gcc").orElseThrow(() -> new IOException(NO_GCC)).toString(),
                "-O2",
                "-shared",
                "-fPIC",
                "-o",
                library.toString(),
                source.toString(),
                "-ldl")
            .redirectErrorStream(true)
            .start();
    var output = new String(gcc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (gcc.waitFor() != 0) {
      throw new IOException("gcc: " + output.strip());
    }
    return library;
  }

  /** The environment of a process whose time of day is offset by what a file says. */
  static Map<String, String> clock(Path library, Path file) {
    return Map.of("LD_PRELOAD", library.toString(), "CHAOS_CLOCK", file.toString());
  }

  /** Sets the time of day of whoever was started with that file. */
  static void setClock(Path file, Duration offset) throws IOException {
    var bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
    bytes.putLong(offset.toSeconds()).flip();
    try (var channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(bytes, 0);
    }
  }

  /** Makes every sync of a process take longer until {@link #release}. */
  static Process slowSyncs(long pid, int millis) throws IOException, InterruptedException {
    var delay = "inject=fsync,fdatasync:delay_exit=" + millis * 1000;
    var strace =
        new ProcessBuilder(
                program("strace").orElseThrow(() -> new IOException(NO_STRACE)).toString(),
                "-f",
                "-qq",
                "-o",
                "/dev/null",
                "-e",
                "trace=fsync,fdatasync",
                "-e",
                delay,
                "-p",
                String.valueOf(pid))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    var status = Path.of("/proc", String.valueOf(pid), "status");
    var traced = "TracerPid:\t" + strace.pid();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(ATTACH_SECONDS);
    while (!Files.readString(status).contains(traced)) {
      if (!strace.isAlive() || System.nanoTime() - deadline > 0) {
        release(strace);
        throw new IOException("strace may not trace process " + pid + " here");
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
    return strace;
  }

  /** Lets a process be as quick as it is. */
  static void release(Process strace) throws InterruptedException {
    strace.destroy(); // it detaches in order
    if (!strace.waitFor(ATTACH_SECONDS, TimeUnit.SECONDS)) {
      strace.destroyForcibly().waitFor();
    }
  }

  private static Optional<Path> program(String name) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable)
        .findFirst();
  }
}

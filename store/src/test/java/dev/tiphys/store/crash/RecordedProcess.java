package dev.tiphys.store.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** A process of its own on the recorded file system. */
public final class RecordedProcess {
  /** Ratis locks it by {@code java.io}, past the recorder; what is in it is of no account. */
  private static final String LOCK = "in_use.lock";

  /** One whose first thread fails may go on by its others. */
  private static final int PATIENCE_MINUTES = 5;

  private RecordedProcess() {}

  /**
   * Runs a program to its end.
   *
   * @param directory an empty one, in which {@code root} is what is recorded
   * @param arguments given to it after {@code root}
   * @return what it did there, all of it
   */
  public static List<Event> run(Path directory, Class<?> program, String... arguments)
      throws IOException, InterruptedException {
    var root = Files.createDirectory(directory.resolve("root"));
    var recorded = directory.resolve("events");
    var output = directory.resolve("output");
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.nio.file.spi.DefaultFileSystemProvider="
                    + RecordingProvider.class.getName(),
                "-D" + RecordingProvider.ROOT + "=" + root,
                "-D" + RecordingProvider.EVENTS + "=" + recorded,
                "-cp",
                System.getProperty("java.class.path"),
                program.getName(),
                root.toString()));
    command.addAll(Arrays.asList(arguments));
    var process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      boolean ended = process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES);
      assertThat(ended ? process.exitValue() : -1).as("%s", Files.readString(output)).isZero();
    } finally {
      process.destroyForcibly();
    }
    try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(recorded)))) {
      var events = Event.readAll(in);
      mustBeAll(events, root);
      return events;
    }
  }

  private static void mustBeAll(List<Event> events, Path root) throws IOException {
    var disk = new RecordedDisk();
    events.forEach(disk::add);
    var told = disk.after(RecordedDisk.Survival.ALL, new Random(0));
    try (var paths = Files.walk(root)) {
      for (var path : paths.filter(Files::isRegularFile).toList()) {
        if (!path.endsWith(LOCK)) {
          var name = root.relativize(path).toString();
          assertThat(told.remove(name)).as(name).isEqualTo(Files.readAllBytes(path));
        }
      }
    }
    assertThat(told.keySet()).allMatch(name -> name.endsWith("/"));
  }
}

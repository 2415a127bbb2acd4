package dev.tiphys.store.chaos;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tiphys bench chaos}. */
@Command(
    name = "chaos",
    mixinStandardHelpOptions = true,
    description =
        "Puts three members through kills, stops and replacements under load, and judges what clients"
            + " and watchers saw.")
public final class ChaosCommand implements Callable<Integer> {
  private static final String INSIDE = "tiphys.chaos.inside";

  @Option(names = "--minutes", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
  private int minutes;

  @Option(names = "--seed", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(names = "--dir", description = "Where members lie. Default: a new temporary directory.")
  private @Nullable Path directory;

  @Option(
      names = "--rounds",
      defaultValue = "1",
      description = "Disturbances at least. Default: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--disturbances",
      split = ",",
      defaultValue = "kill,freeze,replace",
      description =
          "What is done to members: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}. isolate and"
              + " separate cut them off from each other, in namespaces of their own; they need"
              + " iproute2, iptables and a kernel that lets users have namespaces. slow makes syncs"
              + " take longer, by strace; jump sets the time of day, by a"
              + " library that gcc makes.")
  private Set<Disturbance> disturbances = Set.of();

  private final PrintStream out;

  private ChaosCommand(PrintStream out) {
    this.out = out;
  }

  /** Runs the command and returns the exit code. */
  public static int run(PrintStream out, String... args) {
    return new CommandLine(new ChaosCommand(out))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .execute(args);
  }

  /** The same in a process of its own, which partitions need. */
  public static void main(String... args) {
    System.exit(run(System.out, args));
  }

  @Override
  public Integer call() throws Exception {
    for (var disturbance : disturbances) {
      var missing = Tools.missingFor(disturbance);
      if (missing.isPresent()) {
        out.println(missing.get());
        return 2;
      }
    }
    if (disturbances.stream().anyMatch(Disturbance::cuts) && System.getProperty(INSIDE) == null) {
      return again();
    }
    var where =
        directory == null
            ? Files.createTempDirectory("tiphys-chaos")
            : Files.createDirectories(directory);
    out.println("members lie in " + where);
    var report =
        new ChaosRun(where, Duration.ofMinutes(minutes), rounds, disturbances, seed, out).run();
    out.printf(
        "%d disturbances, %d operations answered, %d histories judged, %d undecided, %d values"
            + " watched, %d compactions, %d snapshots%n",
        report.rounds(),
        report.answered(),
        report.keys(),
        report.undecided(),
        report.events(),
        report.compactions(),
        report.snapshots());
    report.faults().forEach(out::println);
    return report.faults().isEmpty() ? 0 : 1;
  }

  /** In namespaces that end with the process, so that nothing is made in those of the machine. */
  private int again() throws IOException, InterruptedException {
    var command = new ArrayList<>(Namespaces.enter());
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-D" + INSIDE + "=true",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            ChaosCommand.class.getName(),
            "--disturbances="
                + disturbances.stream().map(Disturbance::name).collect(Collectors.joining(",")),
            "--minutes=" + minutes,
            "--rounds=" + rounds,
            "--seed=" + seed));
    if (directory != null) {
      command.add("--dir=" + directory);
    }
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var lines = process.inputReader()) {
      lines.lines().forEach(out::println);
    }
    return process.waitFor();
  }
}

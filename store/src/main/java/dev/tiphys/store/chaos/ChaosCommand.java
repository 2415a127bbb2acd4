package dev.tiphys.store.chaos;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tiphys bench chaos}. */
@Command(
    name = "chaos",
    mixinStandardHelpOptions = true,
    description =
        "Puts three members through kills and stops under load, and judges what clients saw.")
public final class ChaosCommand implements Callable<Integer> {
  @Option(names = "--minutes", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
  private int minutes;

  @Option(names = "--seed", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(names = "--dir", description = "Where members lie. Default: a new temporary directory.")
  private @Nullable Path directory;

  private final PrintStream out;

  private ChaosCommand(PrintStream out) {
    this.out = out;
  }

  /** Runs the command and returns the exit code. */
  public static int run(PrintStream out, String... args) {
    return new CommandLine(new ChaosCommand(out)).execute(args);
  }

  @Override
  public Integer call() throws Exception {
    var where =
        directory == null
            ? Files.createTempDirectory("tiphys-chaos")
            : Files.createDirectories(directory);
    out.println("members lie in " + where);
    var report = new ChaosRun(where, Duration.ofMinutes(minutes), seed, out).run();
    out.printf(
        "%d operations answered, %d histories judged, %d undecided%n",
        report.answered(), report.keys(), report.undecided());
    report.faults().forEach(out::println);
    return report.faults().isEmpty() ? 0 : 1;
  }
}

package dev.tiphys.store;

import dev.tiphys.daemon.ConfigException;
import dev.tiphys.daemon.DaemonMain;
import dev.tiphys.daemon.IgnoredFlags;
import dev.tiphys.daemon.Logging;
import dev.tiphys.daemon.Termination;
import dev.tiphys.store.bench.BenchCommand;
import dev.tiphys.store.chaos.ChaosCommand;
import dev.tiphys.store.tool.StoreTool;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.Arrays;
import java.util.List;
import org.slf4j.LoggerFactory;

/** {@code tiphys-store}. */
public final class Main {
  private Main() {}

  /** Runs a member until SIGTERM, or a tool or a measurement when the first argument names it. */
  public static void main(String... args) {
    if (args.length > 0 && StoreTool.knows(args[0])) {
      System.exit(StoreTool.run(args));
    }
    if (args.length > 0 && args[0].equals("bench")) {
      System.exit(BenchCommand.run(System.out, Arrays.copyOfRange(args, 1, args.length)));
    }
    if (args.length > 0 && args[0].equals("chaos")) {
      System.exit(ChaosCommand.run(System.out, Arrays.copyOfRange(args, 1, args.length)));
    }
    var ignored = IgnoredFlags.fromResource(Main.class, "ignored-flags.txt");
    var flags = gather(ignored, args);
    new DaemonMain<>(
            "tiphys-store",
            new StoreOptions(),
            ignored,
            (options, termination) -> {
              options.level().ifPresent(Logging::setLevel);
              flags.notes().forEach(LoggerFactory.getLogger("tiphys-store")::warn);
              return start(StoreConfig.of(options), termination);
            })
        .runAndExit(flags.arguments().toArray(String[]::new));
  }

  private static FlagSources.Gathered gather(IgnoredFlags ignored, String... args) {
    try {
      var gathered =
          FlagSources.concerns(List.of(args), System.getenv())
              ? new FlagSources(new StoreOptions(), ignored).gather(List.of(args), System.getenv())
              : new FlagSources.Gathered(List.of(args), List.of());
      new RefusedFlags(ignored.booleans()).check(gathered.arguments());
      return gathered;
    } catch (ConfigException e) {
      System.err.println("tiphys-store: " + e.getMessage());
      System.exit(1);
      throw e;
    }
  }

  /** What the data directory has against a start is told in a line, not by a stack of calls. */
  static AutoCloseable start(StoreConfig config, Termination termination) {
    try {
      return new StoreServer(config, termination);
    } catch (IOException e) {
      var words = e instanceof FileSystemException ? e.toString() : e.getMessage();
      throw new ConfigException(
          "cannot start with --data-dir " + config.dataDir() + ": " + words, e);
    }
  }
}

package dev.tiphys.store;

import dev.tiphys.daemon.DaemonMain;
import dev.tiphys.daemon.IgnoredFlags;
import dev.tiphys.store.bench.BenchCommand;
import dev.tiphys.store.chaos.ChaosCommand;
import dev.tiphys.store.tool.StoreTool;
import java.util.Arrays;

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
    new DaemonMain<>(
            "tiphys-store",
            new StoreOptions(),
            ignored,
            (options, termination) -> new StoreServer(StoreConfig.of(options), termination))
        .runAndExit(args);
  }
}

package dev.tiphys.store;

import dev.tiphys.daemon.DaemonMain;
import dev.tiphys.daemon.IgnoredFlags;
import dev.tiphys.store.tool.StoreTool;

/** {@code tiphys-store}. */
public final class Main {
  private Main() {}

  /** Runs a member until SIGTERM, or one of the tools when the first argument names it. */
  public static void main(String... args) {
    if (args.length > 0 && StoreTool.knows(args[0])) {
      System.exit(StoreTool.run(args));
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

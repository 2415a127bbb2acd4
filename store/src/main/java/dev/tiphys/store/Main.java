package dev.tiphys.store;

import dev.tiphys.daemon.DaemonMain;
import dev.tiphys.daemon.IgnoredFlags;
import java.util.Arrays;

/** {@code tiphys-store}. */
public final class Main {
  private Main() {}

  /** Runs a member until SIGTERM, or looks after snapshots when the first argument says so. */
  public static void main(String... args) {
    if (args.length > 0 && args[0].equals("snapshot")) {
      System.exit(SnapshotCommand.run(Arrays.copyOfRange(args, 1, args.length)));
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

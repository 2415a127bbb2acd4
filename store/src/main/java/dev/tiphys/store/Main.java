package dev.tiphys.store;

import dev.tiphys.daemon.DaemonMain;
import dev.tiphys.daemon.IgnoredFlags;

/** {@code tiphys-store}. */
public final class Main {
  private Main() {}

  /** Runs a member until SIGTERM. */
  public static void main(String... args) {
    var ignored = IgnoredFlags.fromResource(Main.class, "ignored-flags.txt");
    new DaemonMain<>(
            "tiphys-store",
            new StoreOptions(),
            ignored,
            (options, termination) -> new StoreServer(StoreConfig.of(options), termination))
        .runAndExit(args);
  }
}

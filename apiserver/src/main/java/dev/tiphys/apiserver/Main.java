package dev.tiphys.apiserver;

import dev.tiphys.daemon.DaemonMain;
import dev.tiphys.daemon.IgnoredFlags;

/** {@code tiphys-apiserver}. */
public final class Main {
  private Main() {}

  /** Serves the API until SIGTERM. */
  public static void main(String... args) {
    new DaemonMain<>(
            "tiphys-apiserver",
            new Options(),
            IgnoredFlags.fromResource(Main.class, "ignored-flags.txt"),
            (options, _) -> ApiServer.start(Config.of(options)))
        .runAndExit(args);
  }
}

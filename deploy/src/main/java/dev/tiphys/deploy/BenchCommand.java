package dev.tiphys.deploy;

import dev.tiphys.deploy.bench.BenchApiServer;
import picocli.CommandLine.Command;

/** {@code tiphys bench}. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measures, and prints what it was measured against.",
    subcommands = {
      BenchStart.class,
      BenchStart.Inside.class,
      BenchApiServer.class,
      BenchStore.class,
      BenchStore.Chaos.class
    })
final class BenchCommand {
  private BenchCommand() {}
}

package dev.tiphys.deploy;

import picocli.CommandLine.Command;

/** {@code tiphys bench}. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measures, and prints what it was measured against.",
    subcommands = {BenchStart.class, BenchStart.Inside.class})
final class BenchCommand {
  private BenchCommand() {}
}

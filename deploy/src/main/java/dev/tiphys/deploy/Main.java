package dev.tiphys.deploy;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The cluster's command line: one subcommand a verb. */
@Command(
    name = "tiphys",
    mixinStandardHelpOptions = true,
    description = "Runs a Kubernetes cluster on this machine.")
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Main()).execute(arguments));
  }
}

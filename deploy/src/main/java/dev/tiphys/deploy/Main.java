package dev.tiphys.deploy;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The cluster's command line: one subcommand a verb. */
@Command(
    name = "tiphys",
    mixinStandardHelpOptions = true,
    description = "Runs a Kubernetes cluster on this machine.",
    subcommands = {
      UpCommand.class,
      DownCommand.class,
      StatusCommand.class,
      StopCommand.class,
      RepairCommand.class,
      LogsCommand.class,
      ImageCommand.class,
      BenchCommand.class,
      PrepareCommand.class,
      TrainCommand.class,
    })
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    var line = new CommandLine(new Main());
    line.setExecutionExceptionHandler((error, command, parsed) -> {
      if (error instanceof Failure failure) {
        failure.sentences().forEach(sentence -> command.getErr().println("tiphys: " + sentence));
      } else if (error instanceof IllegalArgumentException misuse) {
        command.getErr().println("tiphys: " + misuse.getMessage());
      } else {
        command.getErr().println("tiphys: " + command.getCommandName() + " failed: " + error);
        if (System.getenv("TIPHYS_DEBUG") != null) {
          error.printStackTrace(command.getErr());
        }
      }
      return 1;
    });
    System.exit(line.execute(arguments));
  }
}

package dev.tiphys.store.tool;

import io.grpc.StatusRuntimeException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tiphys store}: all commands for operators. */
@Command(
    name = "tiphys store",
    description = "Looks after a store, or any etcd.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      SnapshotCommand.class,
      MemberCommand.class,
      CheckCommand.class,
      DumpCommand.class,
      VerifyCommand.class,
      ImportCommand.class,
      ExportCommand.class,
      HelpCommand.class
    })
public final class StoreTool implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  private StoreTool() {}

  /** Whether the first word of a command line names one of the commands. */
  public static boolean knows(String word) {
    return commandLine().getSubcommands().containsKey(word);
  }

  /** Runs a command and returns its exit code: 0 done, 1 not possible, 2 wrong usage. */
  public static int run(String... args) {
    return commandLine().execute(args);
  }

  /** As {@link #run(String...)}, with output and errors going elsewhere. */
  public static int run(PrintWriter out, PrintWriter err, String... args) {
    return commandLine().setOut(out).setErr(err).execute(args);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which command?");
  }

  private static CommandLine commandLine() {
    return new CommandLine(new StoreTool())
        .setExecutionExceptionHandler((e, command, _) -> {
          command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + words(e));
          return 1;
        });
  }

  private static String words(Exception e) {
    if (e instanceof StatusRuntimeException refused) {
      var text = refused.getStatus().getDescription();
      return text == null ? refused.getStatus().getCode().toString() : text;
    }
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }
}

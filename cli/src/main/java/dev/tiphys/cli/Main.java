package dev.tiphys.cli;

import dev.tiphys.api.codec.DecodeException;
import dev.tiphys.client.ApiException;
import dev.tiphys.client.environment.Environment;
import dev.tiphys.client.environment.VirtualThreads;
import dev.tiphys.client.kubeconfig.KubeconfigException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line. */
public final class Main {

  private final Console console;
  private final Map<String, String> variables;
  private final Environment environment;

  /** Makes a command line that is not bound to the process. */
  public Main(Console console, Map<String, String> variables, Environment environment) {
    this.console = console;
    this.variables = variables;
    this.environment = environment;
  }

  /** Runs a verb and ends the process with its code. */
  public static void main(String[] arguments) {
    Console console = Console.ofProcess();
    int code = new Main(console, System.getenv(), new VirtualThreads()).run(List.of(arguments));
    console.out().flush();
    System.exit(code);
  }

  /** Runs a verb and tells its exit code. */
  public int run(List<String> arguments) {
    Words words;
    try {
      words = Words.split(arguments);
    } catch (Failure e) {
      console.warn(e.shown());
      return e.exitCode();
    }
    if (words.verb().isEmpty()) {
      Help.overview(console.out());
      return 0;
    }
    GlobalOptions options = new GlobalOptions();
    Verb verb = Verbs.named(words.verb());
    CommandLine parser = parser(words.verb(), verb, options);
    try {
      parser.parseArgs(words.arguments().toArray(String[]::new));
    } catch (ParameterException e) {
      console.warn(unusable(words.verb(), e));
      return 1;
    }
    if (options.help) {
      parser.usage(console.out());
      return 0;
    }
    return run(verb, options);
  }

  private int run(Verb verb, GlobalOptions options) {
    try (Session session = new Session(console, options, variables, environment)) {
      return verb.run(session);
    } catch (Failure e) {
      if (!e.shown().isEmpty()) {
        console.warn(e.shown());
      }
      return e.exitCode();
    } catch (ApiException | KubeconfigException | DecodeException e) {
      console.warn(Failure.shown(e));
      return 1;
    } catch (InterruptedException | CancellationException e) {
      Thread.currentThread().interrupt();
      return 130;
    }
  }

  private static CommandLine parser(String name, Verb verb, GlobalOptions options) {
    CommandSpec spec = CommandSpec.forAnnotatedObject(verb).name("tiphys " + name);
    spec.addMixin("global", CommandSpec.forAnnotatedObject(options));
    for (OptionSpec option : List.copyOf(spec.options())) {
      if (option.type() == boolean.class || option.type() == Boolean.class) {
        spec.remove(option);
        spec.addOption(asSwitch(option));
      }
    }
    return new CommandLine(spec)
        .setExpandAtFiles(false)
        .setOverwrittenOptionsAllowed(true)
        .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
  }

  /** Switches may be written out, as {@code --wait=false}. */
  private static OptionSpec asSwitch(OptionSpec option) {
    return option.usageHelp()
        ? option
        : OptionSpec.builder(option).arity("0..1").fallbackValue("true").build();
  }

  private static String unusable(String verb, ParameterException e) {
    String message = String.valueOf(e.getMessage());
    if (e instanceof UnmatchedArgumentException unmatched && !unmatched.getUnmatched().isEmpty()) {
      String word = unmatched.getUnmatched().getFirst();
      message =
          word.startsWith("--")
              ? "unknown flag: " + word.replaceFirst("=.*", "")
              : word.startsWith("-")
                  ? "unknown shorthand flag: '" + word.charAt(1) + "' in " + word
                  : "unexpected argument: " + word;
    }
    return Failure.usage(verb, message).shown();
  }
}

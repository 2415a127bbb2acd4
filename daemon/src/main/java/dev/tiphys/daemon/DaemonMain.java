package dev.tiphys.daemon;

import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import sun.misc.Signal;

/**
 * Runs a daemon from its command line to its end: parse, start, wait for SIGTERM or SIGINT, close.
 *
 * <p>Exit codes: 0 after {@code --help}, {@code --version} and an orderly end; 1 if it cannot start
 * or a part failed; 2 if the command line is wrong.
 *
 * @param <O> the class of the picocli-annotated options
 */
public final class DaemonMain<O extends DaemonOptions> {

  /**
   * Starts a daemon.
   *
   * @param <O> the class of the options
   */
  @FunctionalInterface
  public interface Starter<O> {
    /**
     * Starts all parts and returns at once.
     *
     * @param options as parsed, not yet validated
     * @param termination by which a part ends the daemon
     * @return what to close at the end; closing it stops all parts in reverse order
     * @throws ConfigException if a flag or file is wrong
     * @throws Exception if it cannot start for another reason
     */
    AutoCloseable start(O options, Termination termination) throws Exception;
  }

  private static final int EXIT_FAILED = 1;
  private static final int EXIT_USAGE = 2;

  private final String name;
  private final O options;
  private final IgnoredFlags ignoredFlags;
  private final Starter<O> starter;

  /**
   * Prepares a daemon.
   *
   * @param name as {@code tiphys-scheduler}
   * @param options an instance with defaults, filled from the command line
   * @param ignoredFlags upstream's flags that are accepted with a warning
   */
  public DaemonMain(String name, O options, IgnoredFlags ignoredFlags, Starter<O> starter) {
    this.name = name;
    this.options = options;
    this.ignoredFlags = ignoredFlags;
    this.starter = starter;
  }

  /** Runs the daemon and ends the process with its exit code. */
  public void runAndExit(String... args) {
    System.exit(run(System.out, System.err, args));
  }

  int run(PrintStream out, PrintStream err, String... args) {
    IgnoredFlags.Split split = ignoredFlags.split(List.of(args));
    CommandLine commandLine =
        new CommandLine(options).setCommandName(name).setOverwrittenOptionsAllowed(true);
    try {
      commandLine.parseArgs(split.arguments().toArray(String[]::new));
    } catch (CommandLine.ParameterException e) {
      err.println(name + ": " + e.getMessage() + " (" + name + " --help lists the flags)");
      return EXIT_USAGE;
    }
    if (commandLine.isUsageHelpRequested()) {
      commandLine.usage(out);
      return 0;
    }
    if (commandLine.isVersionHelpRequested()) {
      out.println(name + " " + Version.current().gitVersion());
      return 0;
    }
    Logging.setVerbosity(options.verbosity());
    return runParsed(err, split.ignored());
  }

  private int runParsed(PrintStream err, List<String> ignored) {
    Logger log = LoggerFactory.getLogger(name);
    for (String flag : ignored) {
      log.warn("flag accepted but without effect here flag={}", flag);
    }
    Termination termination = new Termination();
    Signal.handle(new Signal("TERM"), _ -> termination.request());
    Signal.handle(new Signal("INT"), _ -> termination.request());
    // A part that dies of a bug must not leave half a daemon behind; the supervisor restarts us.
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, e) -> log.error("uncaught exception thread={}", thread.getName(), e));
    @Nullable String failure;
    try (AutoCloseable _ = starter.start(options, termination)) {
      log.info("started version={} pid={}", Version.current().gitVersion(), processId());
      failure = termination.await();
      log.info("stopping reason={}", failure == null ? "requested" : failure);
    } catch (ConfigException e) {
      err.println(name + ": " + e.getMessage());
      return EXIT_FAILED;
    } catch (Exception e) {
      log.error("cannot go on", e);
      return EXIT_FAILED;
    }
    return failure == null ? 0 : EXIT_FAILED;
  }

  private static long processId() {
    return ProcessHandle.current().pid();
  }
}

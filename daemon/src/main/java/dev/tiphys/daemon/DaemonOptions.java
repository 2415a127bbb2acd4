package dev.tiphys.daemon;

import picocli.CommandLine.Option;

/**
 * Flags that every daemon has. A daemon's options class extends it and adds its own {@code @Option}
 * fields, named as upstream names them.
 */
public class DaemonOptions {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Print the flags and exit.")
  private boolean help;

  @Option(names = "--version", versionHelp = true, description = "Print the version and exit.")
  private boolean version;

  @Option(
      names = {"-v", "--v"},
      paramLabel = "LEVEL",
      defaultValue = "0",
      description = "Verbosity of the log, 0 to 10; 4 and above log debugging. Default: 0.")
  private int verbosity;

  /** Whether {@code --help} was given. */
  public boolean helpRequested() {
    return help;
  }

  /** Whether {@code --version} was given. */
  public boolean versionRequested() {
    return version;
  }

  /** 0 to 10; from 4 on debugging is logged. */
  public int verbosity() {
    return verbosity;
  }
}

package dev.tiphys.cli.write;

import dev.tiphys.cli.Failure;
import picocli.CommandLine.Option;

/** How unknown and duplicate fields are treated. Filled by picocli, then only read. */
public final class ValidationOption {

  @Option(names = "--validate", description = "strict (or true), warn, or ignore (or false).")
  String validate = "strict";

  /** The request parameter's value. */
  public String parameter() {
    return switch (validate) {
      case "strict", "true" -> "Strict";
      case "warn" -> "Warn";
      case "ignore", "false" -> "Ignore";
      default ->
          throw Failure.of(
              "invalid - validate option %s; must be one of: strict (or true), warn, ignore (or"
                  + " false)",
              validate);
    };
  }
}

package dev.tiphys.cli;

import java.io.PrintStream;

/** What {@code tiphys help} says. */
final class Help {

  private Help() {}

  static void overview(PrintStream out) {
    out.println("tiphys controls Kubernetes clusters.");
    out.println();
    out.println("This machine's own cluster:");
    out.println(
        "  up, down, stop, repair, status, logs DAEMON, image import, bench, daemon, store, test");
    out.println();
    out.println("Any cluster:");
    Verbs.all().forEach((name, summary) -> out.printf("  %-26s %s%n", name, summary));
    out.println();
    out.println("Use 'tiphys VERB --help' for more about a verb.");
  }
}

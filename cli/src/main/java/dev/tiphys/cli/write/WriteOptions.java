package dev.tiphys.cli.write;

import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Session;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options that every change takes. Filled by picocli, then only read. */
public final class WriteOptions {

  @Option(
      names = "--dry-run",
      description = "none, client (send nothing) or server (keep nothing).")
  String dryRun = "none";

  @Option(names = "--field-manager", description = "Who owns the fields that are set.")
  String fieldManager = "";

  /** Whether nothing is to be sent. */
  public boolean onClient() {
    return switch (dryRun) {
      case "client", "unchanged" -> true;
      case "none", "server" -> false;
      default ->
          throw Failure.of(
              "Invalid dry-run value (%s). Must be \"none\", \"server\", or \"client\".", dryRun);
    };
  }

  /** Whether the server is to do as if. */
  public boolean onServer() {
    return !onClient() && dryRun.equals("server");
  }

  /** What was done, with a note if it was not. */
  public String done(String what) {
    return onClient() ? what + " (dry run)" : onServer() ? what + " (server dry run)" : what;
  }

  /**
   * The parameters of the request.
   *
   * @param verb who owns the fields if the user does not say: {@code tiphys-verb}
   */
  public Map<String, String> query(String verb) {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("fieldManager", fieldManager.isEmpty() ? "tiphys-" + verb : fieldManager);
    query.put("dryRun", onServer() ? "All" : "");
    return query;
  }

  /** Tells that {@code --dry-run} wants a value. */
  public void warn(Session session) {
    if (dryRun.equals("unchanged")) {
      session
          .console()
          .warn("W: --dry-run is deprecated and can be replaced with --dry-run=client.");
    }
  }
}

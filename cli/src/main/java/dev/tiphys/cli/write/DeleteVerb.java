package dev.tiphys.cli.write;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Durations;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import dev.tiphys.cli.print.Output;
import dev.tiphys.cli.print.OutputOptions;
import dev.tiphys.cli.select.Each;
import dev.tiphys.cli.select.SelectionOptions;
import dev.tiphys.cli.select.Target;
import dev.tiphys.cli.tree.Trees;
import dev.tiphys.cli.tree.View;
import dev.tiphys.cli.wait.Gone;
import dev.tiphys.client.ApiException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code delete}. */
@Command(description = "Delete objects by name, file or selector.")
public final class DeleteVerb implements Verb {

  private static final Duration FOREVER = Duration.ofDays(7);
  private static final String FORCED =
      "Warning: Immediate deletion does not wait for confirmation that the running resource has"
          + " been terminated. The resource may continue to run on the cluster indefinitely.";

  @Mixin SelectionOptions selection = new SelectionOptions();
  @Mixin OutputOptions output = new OutputOptions();

  @Option(
      names = "--cascade",
      description = "What becomes of dependents: background, foreground, orphan.")
  String cascade = "background";

  @Option(
      names = "--grace-period",
      description = "Seconds that the object has to end; -1 for its own.")
  int grace = -1;

  @Option(
      names = "--force",
      description = "With a grace period of 0: do not wait for the node to confirm.")
  boolean force;

  @Option(names = "--now", description = "Let the object end at once: a grace period of 1 second.")
  boolean now;

  @Option(names = "--wait", description = "Wait until the objects are gone.")
  boolean wait = true;

  @Option(names = "--timeout", description = "How long to wait; 0 for as long as it takes.")
  String timeout = "0";

  @Option(names = "--ignore-not-found", description = "Objects that do not exist are no error.")
  boolean ignoreNotFound;

  @Option(names = "--dry-run", description = "none, client or server.")
  String dryRun = "none";

  @Parameters(arity = "0..*", paramLabel = "RESOURCE [NAME...]")
  List<String> arguments = new ArrayList<>();

  private record Deleted(Target target, String uid) {}

  @Override
  public int run(Session session) throws InterruptedException {
    if (now && grace != -1) {
      throw Failure.of("--now and --grace-period cannot be specified together");
    }
    if (force && grace > 0) {
      throw Failure.of("--force and --grace-period greater than 0 cannot be specified together");
    }
    List<Target> targets = selection.targets(session, arguments);
    if (force) {
      session.console().warn(FORCED);
    }
    if (targets.isEmpty()) {
      session.console().say("No resources found");
      return 0;
    }
    List<Deleted> deleted = new ArrayList<>();
    int code =
        Each.of(
            session,
            targets,
            "deleting",
            each -> {
              Deleted one = delete(session, each);
              if (one != null) {
                deleted.add(one);
              }
            });
    return wait && dryRun.equals("none") ? Math.max(code, await(session, deleted)) : code;
  }

  private @Nullable Deleted delete(Session session, Target target) {
    if (dryRun.equals("client")) {
      session.cluster().get(target.path());
      report(session, target);
      return null;
    }
    JsonTree.Obj answer;
    try {
      answer = session.cluster().delete(target.path(), options(), query());
    } catch (ApiException.NotFound e) {
      if (ignoreNotFound || selection.byQuality()) {
        return null;
      }
      throw e;
    }
    report(session, target);
    View view = new View(answer);
    String uid =
        view.at("kind").text().equals("Status")
            ? view.at("details", "uid").text()
            : view.at("metadata", "uid").text();
    return new Deleted(target, uid);
  }

  private JsonTree.Obj options() {
    String policy =
        switch (cascade) {
          case "background", "true" -> "Background";
          case "foreground" -> "Foreground";
          case "orphan", "false" -> "Orphan";
          default ->
              throw Failure.of(
                  "invalid cascade value (%s). Must be \"background\", \"foreground\", or"
                      + " \"orphan\"",
                  cascade);
        };
    // Zero without --force would take the object from under the node; one second lets it be told.
    int seconds = force ? 0 : now || grace == 0 ? 1 : grace;
    return Trees.object(
        "kind",
        "DeleteOptions",
        "apiVersion",
        "v1",
        "gracePeriodSeconds",
        seconds < 0 ? null : seconds,
        "propagationPolicy",
        policy);
  }

  private Map<String, String> query() {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("dryRun", dryRun.equals("server") ? "All" : "");
    return query;
  }

  private void report(Session session, Target target) {
    if (output.output() instanceof Output.Name) {
      session.console().sayNow(target.shown());
      return;
    }
    String done = force ? "force deleted" : "deleted";
    String where =
        target.resource().namespaced() ? " from " + target.namespace() + " namespace" : "";
    String note =
        switch (dryRun) {
          case "none" -> "";
          case "server" -> " (server dry run)";
          default -> " (dry run)";
        };
    session
        .console()
        .sayNow(
            target.resource().singularQualified()
                + " \""
                + target.name()
                + "\" "
                + done
                + where
                + note);
  }

  private int await(Session session, List<Deleted> deleted) throws InterruptedException {
    Duration limit = Durations.parse("timeout", timeout);
    Gone gone = new Gone(session, limit.isZero() ? FOREVER : limit);
    int code = 0;
    for (Deleted each : deleted) {
      if (!gone.await(each.target(), each.uid())) {
        session
            .console()
            .warn(
                "error: timed out waiting for the condition on "
                    + each.target().resource().plural()
                    + "/"
                    + each.target().name());
        code = 1;
      }
    }
    return code;
  }
}

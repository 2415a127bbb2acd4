package dev.tiphys.cli.rollout;

import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import dev.tiphys.cli.print.OutputOptions;
import dev.tiphys.cli.select.Each;
import dev.tiphys.cli.select.SelectionOptions;
import dev.tiphys.cli.select.Target;
import dev.tiphys.cli.tree.View;
import dev.tiphys.cli.write.WriteOptions;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rollout undo}. */
@Command(description = "Take a workload back to an earlier revision.")
public final class UndoVerb implements Verb {

  @Mixin SelectionOptions selection = new SelectionOptions();
  @Mixin WriteOptions write = new WriteOptions();
  @Mixin OutputOptions output = new OutputOptions();

  @Option(names = "--to-revision", description = "Which; 0 for the one before.")
  long revision;

  @Parameters(arity = "0..*", paramLabel = "RESOURCE NAME")
  List<String> arguments = new ArrayList<>();

  @Override
  public int run(Session session) throws InterruptedException {
    List<Target> targets = selection.targets(session, arguments);
    return Each.of(session, targets, each -> undo(session, each));
  }

  private void undo(Session session, Target target) {
    View object = new View(target.live(session.cluster()));
    if (object.at("spec", "paused").flag()) {
      throw Failure.of(
          "you cannot rollback a paused deployment; resume it first with 'tiphys rollout resume"
              + " %s' and try again",
          target.shown());
    }
    Revision to = chosen(target, Revision.of(session, target, object));
    if (to.template().equals(object.at("spec", "template").object())) {
      output.report(
          session.console(),
          target.resource(),
          object.object(),
          "skipped rollback (current template already matches revision " + to.number() + ")");
      return;
    }
    var after =
        write.onClient()
            ? object.object()
            : to.patch().send(session.cluster(), target, write.query("rollout"));
    output.report(session.console(), target.resource(), after, write.done("rolled back"));
  }

  private Revision chosen(Target target, List<Revision> revisions) {
    if (revision > 0) {
      return revisions.stream()
          .filter(each -> each.number() == revision)
          .findFirst()
          .orElseThrow(
              () -> Failure.of("unable to find specified revision %d in history", revision));
    }
    if (revisions.size() < 2) {
      throw Failure.of(
          "no rollout history found for %s \"%s\"",
          target.resource().kind().toLowerCase(java.util.Locale.ROOT), target.name());
    }
    return revisions.get(revisions.size() - 2);
  }
}

package dev.tiphys.cli.rollout;

import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import dev.tiphys.cli.describe.Page;
import dev.tiphys.cli.describe.PodTemplate;
import dev.tiphys.cli.print.Tabbed;
import dev.tiphys.cli.select.Each;
import dev.tiphys.cli.select.SelectionOptions;
import dev.tiphys.cli.select.Target;
import dev.tiphys.cli.tree.View;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rollout history}. */
@Command(description = "Show the revisions of a workload.")
public final class HistoryVerb implements Verb {

  @Mixin SelectionOptions selection = new SelectionOptions();

  @Option(names = "--revision", description = "Show this revision's pod template.")
  long revision;

  @Parameters(arity = "0..*", paramLabel = "RESOURCE NAME")
  List<String> arguments = new ArrayList<>();

  @Override
  public int run(Session session) throws InterruptedException {
    List<Target> targets = selection.targets(session, arguments);
    return Each.of(session, targets, each -> show(session, each));
  }

  private void show(Session session, Target target) {
    View object = new View(target.live(session.cluster()));
    List<Revision> revisions = Revision.of(session, target, object);
    if (revision > 0) {
      Revision found =
          revisions.stream()
              .filter(each -> each.number() == revision)
              .findFirst()
              .orElseThrow(() -> Failure.of("unable to find the specified revision"));
      Page page = new Page();
      PodTemplate.describe(page, 0, new View(found.template()));
      session.console().say("%s with revision #%d", target.shown(), revision);
      session.console().out().print(page.text());
      return;
    }
    StringBuilder text = new StringBuilder("REVISION\tCHANGE-CAUSE\n");
    for (Revision each : revisions) {
      text.append(each.number())
          .append('\t')
          .append(each.cause().isEmpty() ? "<none>" : each.cause())
          .append('\n');
    }
    session.console().say("%s ", target.shown());
    session.console().say("%s", Tabbed.align(text.toString()));
  }
}

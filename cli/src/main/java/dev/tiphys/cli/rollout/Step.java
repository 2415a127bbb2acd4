package dev.tiphys.cli.rollout;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.print.OutputOptions;
import dev.tiphys.cli.select.Each;
import dev.tiphys.cli.select.SelectionOptions;
import dev.tiphys.cli.select.Target;
import dev.tiphys.cli.tree.Trees;
import dev.tiphys.cli.tree.View;
import dev.tiphys.cli.write.WriteOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * What {@code restart}, {@code pause} and {@code resume} have in common: each is one small change.
 * Filled by picocli, then only read.
 */
public final class Step {

  private static final String STRATEGIC = "application/strategic-merge-patch+json";
  private static final Set<String> WITH_TEMPLATE = Set.of("Deployment", "DaemonSet", "StatefulSet");

  @Mixin SelectionOptions selection = new SelectionOptions();
  @Mixin WriteOptions write = new WriteOptions();
  @Mixin OutputOptions output = new OutputOptions();

  @Parameters(arity = "0..*", paramLabel = "RESOURCE NAME")
  List<String> arguments = new ArrayList<>();

  int restart(Session session) throws InterruptedException {
    JsonTree.Obj patch =
        Trees.set(
            JsonTree.EMPTY_OBJECT,
            session.now().truncatedTo(java.time.temporal.ChronoUnit.SECONDS).toString(),
            "spec",
            "template",
            "metadata",
            "annotations",
            "kubectl.kubernetes.io/restartedAt");
    return each(
        session,
        (target, object) -> {
          if (!WITH_TEMPLATE.contains(target.resource().kind())) {
            throw Failure.of(
                "%s \"%s\" restarting is not supported",
                target.resource().qualified(), target.name());
          }
          if (object.at("spec", "paused").flag()) {
            throw Failure.of(
                "%s \"%s\" can't restart paused deployment (run rollout resume first)",
                target.resource().qualified(), target.name());
          }
          change(session, target, patch, "restarted");
        });
  }

  int pause(Session session, boolean paused) throws InterruptedException {
    JsonTree.Obj patch = Trees.object("spec", Trees.object("paused", paused));
    return each(
        session,
        (target, object) -> {
          String name = target.resource().qualified() + " \"" + target.name() + "\"";
          if (!target.resource().kind().equals("Deployment")) {
            throw Failure.of("%s %s is not supported", name, paused ? "pausing" : "resuming");
          }
          if (object.at("spec", "paused").flag() == paused) {
            throw Failure.of("%s is %s", name, paused ? "already paused" : "not paused");
          }
          change(session, target, patch, paused ? "paused" : "resumed");
        });
  }

  private interface Action {
    void on(Target target, View object);
  }

  private int each(Session session, Action action) throws InterruptedException {
    return Each.of(
        session,
        selection.targets(session, arguments),
        target -> action.on(target, new View(target.live(session.cluster()))));
  }

  private void change(Session session, Target target, JsonTree.Obj patch, String done) {
    JsonTree.Obj after =
        write.onClient()
            ? target.live(session.cluster())
            : session
                .cluster()
                .patch(target.path(), STRATEGIC, patch.toJson(), write.query("rollout"));
    output.report(session.console(), target.resource(), after, write.done(done));
  }
}

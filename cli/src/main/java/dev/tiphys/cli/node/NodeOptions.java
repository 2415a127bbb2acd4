package dev.tiphys.cli.node;

import dev.tiphys.api.Resources;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.cluster.ApiResource;
import dev.tiphys.cli.select.Each;
import dev.tiphys.cli.select.Lists;
import dev.tiphys.cli.select.Target;
import dev.tiphys.cli.tree.Trees;
import dev.tiphys.cli.tree.View;
import dev.tiphys.cli.write.WriteOptions;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which nodes a verb is about, and closing and opening them. Filled by picocli, then only read. */
final class NodeOptions {

  @Mixin WriteOptions write = new WriteOptions();

  @Option(
      names = {"-l", "--selector"},
      description = "Labels that nodes must have.")
  String selector = "";

  @Parameters(arity = "0..*", paramLabel = "NODE...")
  List<String> names = new ArrayList<>();

  int each(Session session, Each.Action action) throws InterruptedException {
    ApiResource resource = ApiResource.of(Resources.NODES);
    if (names.isEmpty() && selector.isEmpty()) {
      throw Failure.of("a node name or a selector is required");
    }
    List<Target> targets = new ArrayList<>();
    for (String name : names) {
      targets.add(new Target(resource, "", name.replaceFirst("^(nodes?|no)/", ""), null, ""));
    }
    if (!selector.isEmpty()) {
      Lists.of(session.cluster(), resource, "", selector, "")
          .forEach(each -> targets.add(Target.of(resource, each)));
    }
    return Each.of(session, targets, action);
  }

  void cordon(Session session, Target node, boolean closed) {
    View now = new View(node.live(session.cluster()));
    String done = closed ? "cordoned" : "uncordoned";
    if (now.at("spec", "unschedulable").flag() == closed) {
      session.console().sayNow(node.shown() + " already " + done);
      return;
    }
    if (!write.onClient()) {
      session
          .cluster()
          .patch(
              node.path(),
              "application/merge-patch+json",
              Trees.object("spec", Trees.object("unschedulable", closed)).toJson(),
              write.query("cordon"));
    }
    session.console().sayNow(node.shown() + " " + write.done(done));
  }
}

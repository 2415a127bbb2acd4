package dev.tiphys.cli.write;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import dev.tiphys.cli.print.OutputOptions;
import dev.tiphys.cli.select.Each;
import dev.tiphys.cli.select.SelectionOptions;
import dev.tiphys.cli.select.Target;
import dev.tiphys.cli.tree.Trees;
import dev.tiphys.cli.tree.View;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code scale}. */
@Command(description = "Set how many replicas a workload has.")
public final class ScaleVerb implements Verb {

  @Mixin SelectionOptions selection = new SelectionOptions();
  @Mixin WriteOptions write = new WriteOptions();
  @Mixin OutputOptions output = new OutputOptions();

  @Option(names = "--replicas", description = "How many.")
  @Nullable Integer replicas;

  @Option(names = "--current-replicas", description = "Refuse if there are not as many now.")
  int current = -1;

  @Option(names = "--resource-version", description = "Refuse if the object has another version.")
  String resourceVersion = "";

  @Option(names = "--timeout", hidden = true, description = "Taken, not used.")
  String timeout = "0";

  @Parameters(arity = "0..*", paramLabel = "RESOURCE NAME")
  List<String> arguments = new ArrayList<>();

  @Override
  public int run(Session session) throws InterruptedException {
    if (replicas == null) {
      throw Failure.of("required flag(s) \"replicas\" not set");
    }
    if (replicas < 0) {
      throw Failure.of(
          "The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0");
    }
    List<Target> targets = selection.targets(session, arguments);
    if (targets.isEmpty()) {
      throw Failure.of("no objects passed to scale");
    }
    return Each.of(session, targets, each -> scale(session, each));
  }

  private void scale(Session session, Target target) {
    String path = target.path("scale");
    JsonTree.Obj scale = session.cluster().get(path);
    long now = new View(scale).at("spec", "replicas").number(0);
    if (current >= 0 && now != current) {
      throw Failure.of("Expected replicas to be %d, was %d", current, now);
    }
    String version = new View(scale).at("metadata", "resourceVersion").text();
    if (!resourceVersion.isEmpty() && !resourceVersion.equals(version)) {
      throw Failure.of("Expected resource version to be %s, was %s", resourceVersion, version);
    }
    if (!write.onClient()) {
      boolean guarded = current >= 0 || !resourceVersion.isEmpty();
      JsonTree.Obj patch =
          Trees.object(
              "metadata",
              guarded ? Trees.object("resourceVersion", version) : null,
              "spec",
              Trees.object("replicas", replicas));
      session
          .cluster()
          .patch(path, "application/merge-patch+json", patch.toJson(), write.query("scale"));
    }
    JsonTree.Obj shown =
        output.silentAboutForm()
            ? Trees.object("metadata", Trees.object("name", target.name()))
            : session.cluster().get(target.path());
    output.report(session.console(), target.resource(), shown, write.done("scaled"));
  }
}

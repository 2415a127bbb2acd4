package dev.tiphys.cli.write;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import dev.tiphys.cli.select.Each;
import dev.tiphys.cli.select.FileOptions;
import dev.tiphys.cli.select.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code create -f}. */
@Command(
    description =
        "Create objects from files; or see 'tiphys help' for what can be created by name.")
public final class CreateVerb implements Verb {

  @Mixin FileOptions files = new FileOptions();
  @Mixin Creation creation = new Creation();

  @Parameters(arity = "0..*", hidden = true)
  List<String> arguments = new ArrayList<>();

  @Override
  public int run(Session session) throws InterruptedException {
    if (!arguments.isEmpty()) {
      throw Failure.plain(
          "error: unknown command \""
              + String.join(" ", arguments)
              + "\"\n"
              + "See 'tiphys create -h' for help and examples");
    }
    if (!files.any()) {
      throw Failure.of("must specify -f");
    }
    List<Target> targets = files.targets(session);
    if (targets.isEmpty()) {
      throw Failure.of("no objects passed to create");
    }
    return Each.of(session, targets, "creating", each -> create(session, each));
  }

  private void create(Session session, Target target) {
    JsonTree.Obj wanted = Objects.requireNonNull(target.object(), "files have objects");
    JsonTree.Obj created =
        creation.write.onClient()
            ? wanted
            : session
                .cluster()
                .post(target.resource().path(target.namespace()), wanted, creation.query("create"));
    creation.output.report(
        session.console(), target.resource(), created, creation.write.done("created"));
  }
}

package dev.tiphys.cli.write;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import dev.tiphys.cli.select.Each;
import dev.tiphys.cli.select.FileOptions;
import dev.tiphys.cli.select.Target;
import java.util.Objects;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code replace}. */
@Command(description = "Replace objects by what files describe.")
public final class ReplaceVerb implements Verb {

  @Mixin FileOptions files = new FileOptions();
  @Mixin Creation creation = new Creation();

  @Override
  public int run(Session session) throws InterruptedException {
    if (!files.any()) {
      throw Failure.of("must specify -f");
    }
    return Each.of(session, files.targets(session), "replacing", each -> replace(session, each));
  }

  private void replace(Session session, Target target) {
    JsonTree.Obj wanted = Objects.requireNonNull(target.object(), "files have objects");
    JsonTree.Obj replaced =
        creation.write.onClient()
            ? wanted
            : session.cluster().put(target.path(), wanted, creation.query("replace"));
    creation.output.report(
        session.console(), target.resource(), replaced, creation.write.done("replaced"));
  }
}

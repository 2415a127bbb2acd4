package dev.tiphys.cli.write;

import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code annotate}. */
@Command(description = "Set and remove annotations.")
public final class AnnotateVerb implements Verb {

  @Mixin MetadataChange change = new MetadataChange();

  @Parameters(arity = "1..*", paramLabel = "RESOURCE NAME KEY=VALUE... KEY-...")
  List<String> arguments = new ArrayList<>();

  @Override
  public int run(Session session) throws InterruptedException {
    return change.run(
        session, arguments, "annotations", "annotation", (before, after) -> "annotated");
  }
}

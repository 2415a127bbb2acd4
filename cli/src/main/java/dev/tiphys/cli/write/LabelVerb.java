package dev.tiphys.cli.write;

import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code label}. */
@Command(description = "Set and remove labels.")
public final class LabelVerb implements Verb {

  @Mixin MetadataChange change = new MetadataChange();

  @Parameters(arity = "1..*", paramLabel = "RESOURCE NAME KEY=VALUE... KEY-...")
  List<String> arguments = new ArrayList<>();

  @Override
  public int run(Session session) throws InterruptedException {
    return change.run(session, arguments, "labels", "label", LabelVerb::done);
  }

  static String done(Map<String, String> before, Map<String, String> after) {
    if (before.equals(after)) {
      return "not labeled";
    }
    boolean onlyFewer =
        after.size() < before.size() && before.entrySet().containsAll(after.entrySet());
    return onlyFewer ? "unlabeled" : "labeled";
  }
}

package dev.tiphys.cli.write;

import dev.tiphys.api.Resources;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import dev.tiphys.cli.tree.Trees;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code create secret generic}. */
@Command(description = "Create a secret from files and literals.")
public final class CreateSecretVerb implements Verb {

  @Mixin DataOptions data = new DataOptions();
  @Mixin Creation creation = new Creation();

  @Option(names = "--type", description = "The secret's type.")
  String type = "";

  @Parameters(index = "0", paramLabel = "generic")
  String shape = "";

  @Parameters(index = "1", paramLabel = "NAME")
  String name = "";

  @Override
  public int run(Session session) {
    if (!shape.equals("generic")) {
      throw Failure.of("unknown kind of secret \"%s\": only generic can be created so", shape);
    }
    Map<String, String> values = new TreeMap<>();
    data.read().forEach((key, value) -> values.put(key, Base64.getEncoder().encodeToString(value)));
    return creation.create(
        session,
        Resources.SECRETS,
        "secret",
        Trees.object(
            "apiVersion",
            "v1",
            "data",
            values.isEmpty() ? null : values,
            "kind",
            "Secret",
            "metadata",
            Trees.object("name", name),
            "type",
            type.isEmpty() ? null : type));
  }
}

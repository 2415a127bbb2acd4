package dev.tiphys.cli.write;

import dev.tiphys.api.Resources;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import dev.tiphys.cli.tree.Trees;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code create serviceaccount}. */
@Command(description = "Create a service account.")
public final class CreateServiceAccountVerb implements Verb {

  @Mixin Creation creation = new Creation();

  @Parameters(index = "0", paramLabel = "NAME")
  String name = "";

  @Override
  public int run(Session session) {
    return creation.create(
        session,
        Resources.SERVICE_ACCOUNTS,
        "serviceaccount",
        Trees.object(
            "apiVersion", "v1",
            "kind", "ServiceAccount",
            "metadata", Trees.object("name", name)));
  }
}

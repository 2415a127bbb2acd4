package dev.tiphys.cli.write;

import dev.tiphys.api.Resources;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import dev.tiphys.cli.cluster.ApiResource;
import dev.tiphys.cli.tree.Trees;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code create namespace}. */
@Command(description = "Create a namespace.")
public final class CreateNamespaceVerb implements Verb {

  @Mixin Creation creation = new Creation();

  @Parameters(index = "0", paramLabel = "NAME")
  String name = "";

  @Override
  public int run(Session session) {
    creation.report(
        session,
        ApiResource.of(Resources.NAMESPACES),
        Trees.object(
            "apiVersion", "v1",
            "kind", "Namespace",
            "metadata", Trees.object("name", name)),
        "created");
    return 0;
  }
}

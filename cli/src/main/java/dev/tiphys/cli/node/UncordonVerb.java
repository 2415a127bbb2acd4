package dev.tiphys.cli.node;

import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code uncordon}. */
@Command(description = "Let pods come to nodes again.")
public final class UncordonVerb implements Verb {

  @Mixin NodeOptions nodes = new NodeOptions();

  @Override
  public int run(Session session) throws InterruptedException {
    return nodes.each(session, node -> nodes.cordon(session, node, false));
  }
}

package dev.tiphys.cli.node;

import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code cordon}. */
@Command(description = "Let no more pods come to nodes.")
public final class CordonVerb implements Verb {

  @Mixin NodeOptions nodes = new NodeOptions();

  @Override
  public int run(Session session) throws InterruptedException {
    return nodes.each(session, node -> nodes.cordon(session, node, true));
  }
}

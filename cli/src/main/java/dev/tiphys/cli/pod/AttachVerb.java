package dev.tiphys.cli.pod;

import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import dev.tiphys.cli.tree.View;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code attach}. */
@Command(description = "Join the standard streams of a running container.")
public final class AttachVerb implements Verb {

  @Mixin StreamOptions streams = new StreamOptions();

  @Parameters(index = "0", paramLabel = "POD|TYPE/NAME")
  String pod = "";

  @Override
  public int run(Session session) {
    View found = Pods.named(session, pod);
    String container = Pods.container(session, found, streams.container);
    if (streams.input && !streams.quiet) {
      session.console().warn("If you don't see a command prompt, try pressing enter.");
    }
    return streams.run(session, Pods.path(found, "attach"), container, List.of());
  }
}

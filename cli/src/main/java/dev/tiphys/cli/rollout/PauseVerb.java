package dev.tiphys.cli.rollout;

import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code rollout pause}. */
@Command(description = "Let changes of a deployment wait.")
public final class PauseVerb implements Verb {

  @Mixin Step step = new Step();

  @Override
  public int run(Session session) throws InterruptedException {
    return step.pause(session, true);
  }
}

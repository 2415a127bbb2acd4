package dev.tiphys.cli.rollout;

import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code rollout resume}. */
@Command(description = "Let changes of a deployment go on.")
public final class ResumeVerb implements Verb {

  @Mixin Step step = new Step();

  @Override
  public int run(Session session) throws InterruptedException {
    return step.pause(session, false);
  }
}

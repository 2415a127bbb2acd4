package dev.tiphys.cli.rollout;

import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code rollout restart}. */
@Command(description = "Restart the pods of a workload, a few at a time.")
public final class RestartVerb implements Verb {

  @Mixin Step step = new Step();

  @Override
  public int run(Session session) throws InterruptedException {
    return step.restart(session);
  }
}

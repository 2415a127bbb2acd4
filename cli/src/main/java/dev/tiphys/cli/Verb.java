package dev.tiphys.cli;

/**
 * A verb. Its class carries picocli's annotations for options and arguments; one instance runs
 * once.
 */
@FunctionalInterface
public interface Verb {

  /**
   * Does it.
   *
   * @return the exit code
   * @throws Failure or {@link dev.tiphys.client.ApiException}, told to the user by whoever called
   * @throws InterruptedException when the user wants it to end
   */
  int run(Session session) throws InterruptedException;
}

package dev.tiphys.kubelet.runtime;

import java.util.List;

/**
 * Whether pods can run.
 *
 * @param ready the runtime answers and can run containers
 * @param networkReady sandboxes can be given a network
 * @param problems what is wrong, a sentence each; empty when both are ready
 */
public record RuntimeHealth(boolean ready, boolean networkReady, List<String> problems) {
  /** Keeps its own copy. */
  public RuntimeHealth {
    problems = List.copyOf(problems);
  }
}

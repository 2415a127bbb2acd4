package dev.tiphys.kubeproxy;

import dev.tiphys.daemon.HealthChecks;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether the kernel holds what it should; asked by health checks. Thread-safe. */
final class SyncHealth implements HealthChecks.Check {

  private volatile @Nullable String problem = "the rules have not been written yet";

  void succeeded() {
    problem = null;
  }

  void failed(@Nullable String message) {
    problem = "the rules could not be written: " + message;
  }

  @Override
  public Optional<String> problem() {
    return Optional.ofNullable(problem);
  }
}

package dev.tiphys.apiserver.strategy.workload;

import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import org.jspecify.annotations.Nullable;

/** What is wrong with the numbers of pods that a status tells: each is a part of another. Pure. */
public final class ReplicaCounts {

  private static final Path STATUS = Path.of("status");

  private ReplicaCounts() {}

  /** Checks the numbers of a status; those that are not told are fine. */
  public static void check(
      @Nullable Integer all,
      @Nullable Integer labelled,
      @Nullable Integer ready,
      @Nullable Integer available,
      FieldErrors errors) {
    String whole = "status.replicas";
    Path path = STATUS.child("availableReplicas");
    Checks.partOf(labelled, all, whole, STATUS.child("fullyLabeledReplicas"), errors);
    Checks.partOf(ready, all, whole, STATUS.child("readyReplicas"), errors);
    Checks.partOf(available, all, whole, path, errors);
    Checks.partOf(available, ready, "readyReplicas", path, errors);
  }
}

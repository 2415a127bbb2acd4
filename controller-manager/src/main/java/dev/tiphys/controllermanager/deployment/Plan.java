package dev.tiphys.controllermanager.deployment;

import dev.tiphys.api.apps.v1.DeploymentStatus;
import dev.tiphys.api.apps.v1.ReplicaSet;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to do about a Deployment, in this order.
 *
 * @param steps writes to its ReplicaSets and to itself; the first that fails ends the round
 * @param status what its status should be
 * @param again when to look again though nothing changes; null for no need
 */
record Plan(List<Step> steps, DeploymentStatus status, @Nullable Duration again) {

  /** One write. */
  sealed interface Step {}

  /** Create the ReplicaSet of the present template. */
  record Create(ReplicaSet set) implements Step {}

  /**
   * Change a ReplicaSet's number of pods, and its annotations with it.
   *
   * @param before how many it was to have
   */
  record Scale(ReplicaSet after, int before) implements Step {}

  /** Change a ReplicaSet's annotations only. */
  record Annotate(ReplicaSet after) implements Step {}

  /** Delete a ReplicaSet that history does not need. */
  record Forget(ReplicaSet set) implements Step {}

  /** Write down the Deployment's own revision. */
  record Revise(long revision) implements Step {}
}

package dev.tiphys.kubelet.pod;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.kubelet.runtime.ContainerState;
import dev.tiphys.kubelet.runtime.PodState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What must be done next for a pod that should run. Everything named may be done at once; what
 * depends on it shows in the next look.
 *
 * @param stopSandboxes sandboxes that are no good any more
 * @param newSandbox the attempt number of a sandbox to make, if one is needed
 * @param stops containers to stop
 * @param starts containers to start in the ready sandbox
 * @param lookAgain when a back-off ends, if one runs
 * @param ended whether the pod has come to its end by itself: nothing of it will be started again
 */
record NextSteps(
    List<PodState.Sandbox> stopSandboxes,
    Optional<Integer> newSandbox,
    List<Stop> stops,
    List<Start> starts,
    Optional<Duration> lookAgain,
    boolean ended) {

  /**
   * A container to stop.
   *
   * @param why for the event
   */
  record Stop(ContainerState state, Container container, String why) {}

  /**
   * A container to start.
   *
   * @param restartCount how many there were before it
   */
  record Start(Container container, int restartCount, boolean init) {}
}

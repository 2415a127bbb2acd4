package dev.tiphys.kubelet.runtime;

import dev.tiphys.kubelet.logs.LogQuota;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What holds for all pods of this node.
 *
 * @param podLogs where containers' logs go, one directory a pod: {@code /var/log/pods}
 * @param seccompProfiles where profiles of type Localhost are
 * @param seccompDefault whether containers without a profile get the runtime's own instead of none
 * @param cpuQuota whether CPU limits are enforced ({@code cpuCFSQuota})
 * @param nodeMemoryBytes the node's memory, by which requests weigh when it runs out
 * @param pullTimeout the longest that pulling one image may take
 * @param logQuota how much of a container's log is kept
 */
public record RuntimeSettings(
    Path podLogs,
    Path seccompProfiles,
    boolean seccompDefault,
    boolean cpuQuota,
    long nodeMemoryBytes,
    Duration pullTimeout,
    LogQuota logQuota) {

  /** The directory of one pod's logs. */
  public Path logsOf(PodIdentity pod) {
    return podLogs.resolve(pod.namespace() + "_" + pod.name() + "_" + pod.uid());
  }

  /** The log of one container of a pod. */
  public Path logOf(PodIdentity pod, String container, int restartCount) {
    return logsOf(pod).resolve(container).resolve(restartCount + ".log");
  }
}

package dev.tiphys.kubelet.runtime;

import dev.tiphys.api.core.v1.Pod;
import java.nio.file.Path;

/**
 * All that a sandbox is made of.
 *
 * @param attempt one more than the pod's newest sandbox, 0 for the first
 * @param dns what {@link PodDns} made of the pod's DNS policy
 * @param clusterDomain for instance {@code cluster.local}; for fully qualified host names
 * @param cgroupParent what {@link PodCgroups#create} returned
 * @param runtimeHandler the RuntimeClass's handler; empty for the runtime's default
 * @param podDirectory where the kubelet keeps this pod's files; etc-hosts and termination messages
 *     of its containers go there
 */
public record SandboxRequest(
    Pod pod,
    int attempt,
    PodDns.Settings dns,
    String clusterDomain,
    String cgroupParent,
    String runtimeHandler,
    Path podDirectory) {}

package dev.tiphys.kubelet.runtime;

import java.time.Instant;

/**
 * What a container uses.
 *
 * @param cpuNanoSeconds CPU time since it started, over all cores
 * @param workingSetBytes memory that cannot be reclaimed
 * @param writableLayerBytes disk under its root
 */
public record ContainerUse(
    PodIdentity pod,
    String containerName,
    String containerId,
    Instant at,
    long cpuNanoSeconds,
    long workingSetBytes,
    long writableLayerBytes) {}

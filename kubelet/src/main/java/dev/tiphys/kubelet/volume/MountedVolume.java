package dev.tiphys.kubelet.volume;

import java.nio.file.Path;

/**
 * A volume of a pod, as it lies on the node.
 *
 * @param path a directory, or what a hostPath names
 * @param readOnly whether containers must not write: the kubelet itself writes in it later, and
 *     would follow whatever a container had put there
 */
public record MountedVolume(Path path, boolean readOnly) {}

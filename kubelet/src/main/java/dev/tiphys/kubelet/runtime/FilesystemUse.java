package dev.tiphys.kubelet.runtime;

/**
 * What the runtime uses of a file system.
 *
 * @param mountpoint a directory on it
 */
public record FilesystemUse(String mountpoint, long usedBytes, long usedInodes) {}

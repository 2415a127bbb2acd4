package dev.tiphys.kubelet.volume;

import dev.tiphys.api.value.Bytes;

/**
 * A file to be written into a volume.
 *
 * @param content its bytes; maybe a secret
 * @param mode permission bits, 0 to 0777
 */
public record VolumeFile(Bytes content, int mode) {}

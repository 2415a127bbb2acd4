package dev.tiphys.kubelet.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiphys.api.core.v1.Container;

/**
 * A fingerprint of what, when it changes, makes a container be replaced: its name and image. All
 * else in a container cannot be changed, or is changed in place.
 */
public final class ContainerHash {
  private static final int FNV_OFFSET = 0x811c9dc5;
  private static final int FNV_PRIME = 0x01000193;

  private ContainerHash() {}

  /** Eight hexadecimal digits. */
  public static String of(Container container) {
    int hash = FNV_OFFSET;
    for (byte b : (container.name() + "\n" + container.image()).getBytes(UTF_8)) {
      hash = (hash ^ (b & 0xff)) * FNV_PRIME;
    }
    return String.format("%08x", hash);
  }
}

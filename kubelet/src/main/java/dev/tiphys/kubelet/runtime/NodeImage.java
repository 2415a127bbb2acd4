package dev.tiphys.kubelet.runtime;

import java.util.List;

/**
 * An image on the node.
 *
 * @param names tags and digests
 * @param pinned not to be collected
 */
public record NodeImage(String id, List<String> names, long bytes, boolean pinned) {
  /** Keeps its own copy. */
  public NodeImage {
    names = List.copyOf(names);
  }
}

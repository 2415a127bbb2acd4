package dev.tiphys.kubelet.server;

import dev.tiphys.api.core.v1.Pod;
import java.util.List;
import java.util.Optional;

/** The pods of this node, with the status that the kubelet knows now. Called from many threads. */
public interface NodePods {
  /** All of them. */
  List<Pod> pods();

  /** The pod of that name; empty if there is none on this node. */
  Optional<Pod> pod(String namespace, String name);
}

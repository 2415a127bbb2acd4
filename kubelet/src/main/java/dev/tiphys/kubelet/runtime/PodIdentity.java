package dev.tiphys.kubelet.runtime;

import static java.util.Objects.requireNonNull;

import dev.tiphys.api.core.v1.Pod;

/** Which pod; two pods of one name, one after the other, differ in uid. */
public record PodIdentity(String namespace, String name, String uid) {
  /** The identity of a pod from the API. Throws NullPointerException if it was never stored. */
  public static PodIdentity of(Pod pod) {
    return new PodIdentity(
        requireNonNull(pod.metadata().namespace(), "namespace"),
        requireNonNull(pod.metadata().name(), "name"),
        requireNonNull(pod.metadata().uid(), "uid"));
  }

  /** {@code namespace/name}, for people. */
  public String namespacedName() {
    return namespace + "/" + name;
  }
}

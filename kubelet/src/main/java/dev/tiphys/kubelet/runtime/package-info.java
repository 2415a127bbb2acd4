/**
 * Pods as a container runtime sees them: sandboxes, containers and images. Pod workers, status and
 * garbage collection call {@link dev.tiphys.kubelet.runtime.ContainerRuntime}; behind it are pure
 * functions from a Pod to the Container Runtime Interface's configurations, and one thin edge that
 * makes the calls.
 *
 * <p>Nothing is remembered here that a restart would lose: what runs, and what it belongs to, is
 * read back from the runtime's labels and annotations. Nothing here decides what should run.
 */
@NullMarked
package dev.tiphys.kubelet.runtime;

import org.jspecify.annotations.NullMarked;

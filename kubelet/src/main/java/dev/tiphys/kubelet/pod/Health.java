package dev.tiphys.kubelet.pod;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.kubelet.probe.ProbeKind;
import org.jspecify.annotations.Nullable;

/** What probes say of running containers. */
interface Health {

  /** Whether it has finished starting. */
  boolean isStarted(String containerId, Container container);

  /** Whether it may get traffic. */
  boolean isReady(String containerId, Container container);

  /** Which probe says that it must be restarted, or null. */
  @Nullable ProbeKind failed(String containerId);
}

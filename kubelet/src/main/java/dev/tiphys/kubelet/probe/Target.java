package dev.tiphys.kubelet.probe;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.ContainerPort;
import dev.tiphys.api.value.IntOrString;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Which container to ask, and where.
 *
 * @param containerId the runtime's id
 * @param container its part of the pod's spec
 * @param podIp the pod's primary address
 */
public record Target(String containerId, Container container, String podIp) {

  /** A port by number, or by the name that the container gives it; empty if it has none such. */
  public OptionalInt port(@Nullable IntOrString port) {
    if (port == null) {
      return OptionalInt.empty();
    }
    Integer number = port.number();
    if (number != null) {
      return OptionalInt.of(number);
    }
    for (ContainerPort named : container.ports()) {
      Integer containerPort = named.containerPort();
      if (containerPort != null && port.toString().equals(named.name())) {
        return OptionalInt.of(containerPort);
      }
    }
    return OptionalInt.empty();
  }
}

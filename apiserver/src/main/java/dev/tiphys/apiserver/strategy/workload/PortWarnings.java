package dev.tiphys.apiserver.strategy.workload;

import dev.tiphys.api.core.v1.ContainerPort;
import dev.tiphys.api.validation.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Ports of a pod's containers that say the same, or not quite. Pure. */
final class PortWarnings {

  private record Placed(ContainerPort port, Path path) {

    int host() {
      return Objects.requireNonNullElse(port.hostPort(), 0);
    }

    String address() {
      return Objects.requireNonNullElse(port.hostIP(), "");
    }
  }

  private PortWarnings() {}

  static void tell(List<PodWarnings.Placed> containers, List<String> warnings) {
    Map<String, List<Placed>> numbers = new HashMap<>();
    Map<String, Path> names = new HashMap<>();
    List<String> sameNames = new ArrayList<>();
    for (PodWarnings.Placed container : containers) {
      List<ContainerPort> ports = container.container().ports();
      for (int i = 0; i < ports.size(); i++) {
        ContainerPort port = ports.get(i);
        Placed placed = new Placed(port, container.path().child("ports").index(i));
        tellNumber(placed, numbers, warnings);
        String name = Objects.requireNonNullElse(port.name(), "");
        Path other = name.isEmpty() ? null : names.putIfAbsent(name, placed.path());
        if (other != null) {
          sameNames.add(
              placed.path()
                  + ": duplicate port name \""
                  + name
                  + "\" with "
                  + other
                  + ", services and probes that select ports by name will use "
                  + other);
        }
      }
    }
    warnings.addAll(sameNames);
  }

  private static void tellNumber(
      Placed one, Map<String, List<Placed>> numbers, List<String> warnings) {
    ContainerPort port = one.port();
    if (!one.address().isEmpty() && one.host() == 0) {
      warnings.add(one.path() + ": hostIP set without hostPort: " + shown(one));
    }
    List<Placed> others =
        numbers.computeIfAbsent(
            port.containerPort() + "/" + port.protocol(), _ -> new ArrayList<>());
    for (Placed other : others) {
      boolean sameHost = one.host() == other.host();
      if (sameHost && one.address().equals(other.address())) {
        warnings.add(one.path() + ": duplicate port definition with " + other.path());
      } else if (one.host() == 0 || other.host() == 0) {
        warnings.add(one.path() + ": overlapping port definition with " + other.path());
      } else if (sameHost && one.address().isEmpty() != other.address().isEmpty()) {
        warnings.add(one.path() + ": dangerously ambiguous port definition with " + other.path());
      }
    }
    others.add(one);
  }

  private static String shown(Placed one) {
    ContainerPort port = one.port();
    return "{Name:"
        + Objects.requireNonNullElse(port.name(), "")
        + " HostPort:"
        + one.host()
        + " ContainerPort:"
        + port.containerPort()
        + " Protocol:"
        + port.protocol()
        + " HostIP:"
        + one.address()
        + "}";
  }
}

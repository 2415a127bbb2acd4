package dev.tiphys.controllermanager.endpoints;

import dev.tiphys.api.core.v1.EndpointAddress;
import dev.tiphys.api.core.v1.EndpointPort;
import dev.tiphys.api.core.v1.EndpointSubset;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.Service;
import dev.tiphys.api.core.v1.ServicePort;
import dev.tiphys.controllermanager.common.Absent;
import dev.tiphys.controllermanager.pod.Pods;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The subsets of an Endpoints object: pods with equal ports together. Pure. */
final class Subsets {

  private static final Comparator<EndpointAddress> BY_ADDRESS =
      Comparator.comparing((EndpointAddress address) -> Absent.empty(address.ip()))
          .thenComparing(address ->
              address.targetRef() == null ? "" : Absent.empty(address.targetRef().uid()));

  private Subsets() {}

  private record Addresses(List<EndpointAddress> ready, List<EndpointAddress> notReady) {}

  /** The subsets for the pods that a Service selects, in a fixed order. */
  static List<EndpointSubset> of(Service service, List<Pod> pods) {
    boolean tolerant = ServicePods.publishesNotReady(service);
    String family = ServicePods.families(service).getFirst();
    Map<List<EndpointPort>, Addresses> groups = new LinkedHashMap<>();
    for (Pod pod : pods) {
      String ip = ServicePods.address(pod, family);
      List<EndpointPort> ports = ports(service, pod);
      boolean portless = ports.isEmpty() && !(ServicePods.headless(service) && hasNoPorts(service));
      if (ip == null
          || !ServicePods.hasPlace(pod)
          || (Pods.terminating(pod) && !tolerant)
          || portless) {
        continue;
      }
      Addresses group =
          groups.computeIfAbsent(ports, any -> new Addresses(new ArrayList<>(), new ArrayList<>()));
      (tolerant || Pods.ready(pod) ? group.ready : group.notReady).add(address(service, pod, ip));
    }
    return groups.entrySet().stream()
        .sorted(Comparator.comparing(each -> each.getKey().toString()))
        .map(each ->
            EndpointSubset.builder()
                .addresses(each.getValue().ready.stream().sorted(BY_ADDRESS).toList())
                .notReadyAddresses(each.getValue().notReady.stream().sorted(BY_ADDRESS).toList())
                .ports(each.getKey())
                .build())
        .toList();
  }

  private static boolean hasNoPorts(Service service) {
    return Absent.never(service.spec()).ports().isEmpty();
  }

  private static List<EndpointPort> ports(Service service, Pod pod) {
    List<EndpointPort> ports = new ArrayList<>();
    for (ServicePort port : Absent.never(service.spec()).ports()) {
      Integer number = ServicePods.targetPort(pod, port);
      if (number != null) {
        ports.add(
            EndpointPort.builder()
                .name(Absent.empty(port.name()).isEmpty() ? null : port.name())
                .port(number)
                .protocol(ServicePods.protocol(port.protocol()))
                .appProtocol(port.appProtocol())
                .build());
      }
    }
    return List.copyOf(ports);
  }

  private static EndpointAddress address(Service service, Pod pod, String ip) {
    String node = Pods.nodeName(pod);
    return EndpointAddress.builder()
        .ip(ip)
        .hostname(ServicePods.hostname(service, pod))
        .nodeName(node.isEmpty() ? null : node)
        .targetRef(ServicePods.reference(pod))
        .build();
  }

  /** How many addresses there are. */
  static int size(List<EndpointSubset> subsets) {
    return subsets.stream()
        .mapToInt(each -> each.addresses().size() + each.notReadyAddresses().size())
        .sum();
  }

  /** Subsets cut off after a number of addresses, the ready ones kept first. */
  static List<EndpointSubset> truncate(List<EndpointSubset> subsets, int most) {
    int ready = subsets.stream().mapToInt(each -> each.addresses().size()).sum();
    int readyLeft = Math.min(ready, most);
    int notReadyLeft = most - readyLeft;
    List<EndpointSubset> cut = new ArrayList<>();
    for (EndpointSubset subset : subsets) {
      List<EndpointAddress> kept =
          subset.addresses().subList(0, Math.min(readyLeft, subset.addresses().size()));
      List<EndpointAddress> waiting =
          subset
              .notReadyAddresses()
              .subList(0, Math.min(notReadyLeft, subset.notReadyAddresses().size()));
      readyLeft -= kept.size();
      notReadyLeft -= waiting.size();
      if (!kept.isEmpty() || !waiting.isEmpty()) {
        cut.add(subset.withAddresses(kept).withNotReadyAddresses(waiting));
      }
    }
    return cut;
  }
}

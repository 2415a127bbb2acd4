package dev.tiphys.controllermanager.endpoints;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.Node;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.Service;
import dev.tiphys.api.core.v1.ServicePort;
import dev.tiphys.api.discovery.v1.Endpoint;
import dev.tiphys.api.discovery.v1.EndpointConditions;
import dev.tiphys.api.discovery.v1.EndpointPort;
import dev.tiphys.api.discovery.v1.EndpointSlice;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.client.Owners;
import dev.tiphys.controllermanager.Limits;
import dev.tiphys.controllermanager.common.Absent;
import dev.tiphys.controllermanager.pod.Pods;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What must change for a Service's EndpointSlices to tell its pods. Pure.
 *
 * <p>Few writes matter more than full slices: endpoints stay in the slice that they are in, new
 * ones fill slices that are written anyway, then slices with room, then new slices.
 *
 * @param create new slices, to be named by the server
 * @param update slices with other content
 * @param delete slices that nothing is left for
 */
record SlicePlan(
    List<EndpointSlice> create, List<EndpointSlice> update, List<EndpointSlice> delete) {

  static final String SERVICE_NAME = "kubernetes.io/service-name";
  static final String MANAGED_BY = "endpointslice.kubernetes.io/managed-by";
  static final String MANAGER = "endpointslice-controller.k8s.io";
  static final String HEADLESS = "service.kubernetes.io/headless";
  private static final String ZONE = "topology.kubernetes.io/zone";

  /** What all endpoints of one slice have in common. */
  private record Group(String family, List<EndpointPort> ports) {}

  /**
   * Decides.
   *
   * @param pods the pods that the Service selects
   * @param existing its slices that we manage
   * @param nodes finds a node by its name
   */
  static SlicePlan of(
      Service service,
      List<Pod> pods,
      List<EndpointSlice> existing,
      Function<String, @Nullable Node> nodes) {
    Map<Group, Map<String, Endpoint>> wanted = wanted(service, pods, nodes);
    for (String family : ServicePods.families(service)) {
      // A Service without pods still has one slice, so that its being empty can be seen.
      if (wanted.keySet().stream().noneMatch(group -> group.family.equals(family))) {
        wanted.put(new Group(family, List.of()), new LinkedHashMap<>());
      }
    }
    Map<Group, List<EndpointSlice>> slices = new LinkedHashMap<>();
    for (EndpointSlice slice : existing) {
      Group group = new Group(Absent.empty(slice.addressType()), slice.ports());
      slices.computeIfAbsent(group, any -> new ArrayList<>()).add(slice);
    }
    SlicePlan plan = new SlicePlan(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    wanted.forEach((group, endpoints) ->
        plan.fill(service, group, endpoints, slices.getOrDefault(group, List.of())));
    slices.forEach((group, obsolete) -> {
      if (!wanted.containsKey(group)) {
        plan.delete.addAll(obsolete);
      }
    });
    return plan;
  }

  boolean isEmpty() {
    return create.isEmpty() && update.isEmpty() && delete.isEmpty();
  }

  private static Map<Group, Map<String, Endpoint>> wanted(
      Service service, List<Pod> pods, Function<String, @Nullable Node> nodes) {
    Map<Group, Map<String, Endpoint>> wanted = new LinkedHashMap<>();
    for (Pod pod : pods) {
      if (!ServicePods.hasPlace(pod)) {
        continue;
      }
      List<EndpointPort> ports = ports(service, pod);
      for (String family : ServicePods.families(service)) {
        String address = ServicePods.address(pod, family);
        if (address != null) {
          wanted
              .computeIfAbsent(new Group(family, ports), any -> new LinkedHashMap<>())
              .put(Absent.empty(pod.metadata().uid()), endpoint(service, pod, address, nodes));
        }
      }
    }
    return wanted;
  }

  private static List<EndpointPort> ports(Service service, Pod pod) {
    List<EndpointPort> ports = new ArrayList<>();
    for (ServicePort port : Absent.never(service.spec()).ports()) {
      Integer number = ServicePods.targetPort(pod, port);
      if (number != null) {
        ports.add(
            EndpointPort.builder()
                .name(Absent.empty(port.name()))
                .port(number)
                .protocol(ServicePods.protocol(port.protocol()))
                .appProtocol(port.appProtocol())
                .build());
      }
    }
    return List.copyOf(ports);
  }

  private static Endpoint endpoint(
      Service service, Pod pod, String address, Function<String, @Nullable Node> nodes) {
    boolean serving = Pods.ready(pod);
    boolean terminating = Pods.terminating(pod);
    boolean ready = ServicePods.publishesNotReady(service) || (serving && !terminating);
    String nodeName = Pods.nodeName(pod);
    Node node = nodeName.isEmpty() ? null : nodes.apply(nodeName);
    return Endpoint.builder()
        .addresses(List.of(address))
        .conditions(
            EndpointConditions.builder()
                .ready(ready)
                .serving(serving)
                .terminating(terminating)
                .build())
        .hostname(ServicePods.hostname(service, pod))
        .targetRef(ServicePods.reference(pod))
        .nodeName(nodeName.isEmpty() ? null : nodeName)
        .zone(node == null ? null : node.metadata().labels().get(ZONE))
        .build();
  }

  private void fill(
      Service service, Group group, Map<String, Endpoint> endpoints, List<EndpointSlice> slices) {
    Map<String, Endpoint> left = new LinkedHashMap<>(endpoints);
    Map<EndpointSlice, List<Endpoint>> contents = new LinkedHashMap<>();
    for (EndpointSlice slice : slices) {
      List<Endpoint> kept = new ArrayList<>();
      for (Endpoint endpoint : slice.endpoints()) {
        Endpoint now = left.remove(uidOf(endpoint));
        if (now != null) {
          kept.add(now);
        }
      }
      contents.put(slice, kept);
    }
    List<Endpoint> fresh = new ArrayList<>(left.values());
    place(fresh, contents, true);
    place(fresh, contents, false);
    boolean any = endpoints.isEmpty();
    for (Map.Entry<EndpointSlice, List<Endpoint>> each : contents.entrySet()) {
      EndpointSlice slice = each.getKey();
      if (each.getValue().isEmpty() && !(any && slice == slices.getFirst())) {
        delete.add(slice);
        continue;
      }
      EndpointSlice next =
          slice
              .withEndpoints(each.getValue())
              .withMetadata(slice.metadata().withLabels(labels(service, slice)));
      if (!next.equals(slice)) {
        update.add(next);
      }
    }
    if (any && slices.isEmpty()) {
      create.add(slice(service, group, List.of()));
    }
    for (int from = 0; from < fresh.size(); from += Limits.SLICE_ENDPOINTS) {
      int to = Math.min(fresh.size(), from + Limits.SLICE_ENDPOINTS);
      create.add(slice(service, group, fresh.subList(from, to)));
    }
  }

  /** Puts endpoints where there is room: first only into slices that are written anyway. */
  private static void place(
      List<Endpoint> fresh, Map<EndpointSlice, List<Endpoint>> contents, boolean onlyChanged) {
    contents.forEach((slice, kept) -> {
      boolean changed = !kept.equals(slice.endpoints());
      while ((changed || !onlyChanged)
          && !fresh.isEmpty()
          && kept.size() < Limits.SLICE_ENDPOINTS) {
        kept.add(fresh.removeFirst());
      }
    });
  }

  private static String uidOf(Endpoint endpoint) {
    return endpoint.targetRef() == null ? "" : Absent.empty(endpoint.targetRef().uid());
  }

  private static Map<String, String> labels(Service service, @Nullable EndpointSlice slice) {
    Map<String, String> labels = new HashMap<>(service.metadata().labels());
    labels.remove(HEADLESS);
    if (ServicePods.headless(service)) {
      labels.put(HEADLESS, "");
    }
    labels.put(SERVICE_NAME, Absent.empty(service.metadata().name()));
    labels.put(MANAGED_BY, MANAGER);
    return slice != null && Objects.equals(slice.metadata().labels(), labels)
        ? slice.metadata().labels()
        : labels;
  }

  private static EndpointSlice slice(Service service, Group group, List<Endpoint> endpoints) {
    return EndpointSlice.builder()
        .metadata(
            ObjectMeta.builder()
                .generateName(service.metadata().name() + "-")
                .namespace(service.metadata().namespace())
                .labels(labels(service, null))
                .ownerReferences(
                    List.of(Owners.controllerReference(service, Resources.SERVICES.kind())))
                .build())
        .addressType(group.family)
        .ports(group.ports)
        .endpoints(List.copyOf(endpoints))
        .build();
  }
}

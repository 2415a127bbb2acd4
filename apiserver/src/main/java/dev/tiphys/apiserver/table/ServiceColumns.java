package dev.tiphys.apiserver.table;

import static dev.tiphys.apiserver.table.Cells.text;
import static dev.tiphys.apiserver.table.Cells.textOr;

import dev.tiphys.api.core.v1.EndpointAddress;
import dev.tiphys.api.core.v1.EndpointSubset;
import dev.tiphys.api.core.v1.Endpoints;
import dev.tiphys.api.core.v1.LoadBalancerIngress;
import dev.tiphys.api.core.v1.Service;
import dev.tiphys.api.core.v1.ServicePort;
import dev.tiphys.api.core.v1.ServiceSpec;
import dev.tiphys.api.discovery.v1.EndpointSlice;
import dev.tiphys.apiserver.table.Columns.Column;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows of services and of what stands behind them. */
final class ServiceColumns {

  static final Columns<Service> SERVICES =
      new Columns<>(
          List.of(
              Column.nameColumn(),
              Column.of("Type", "string"),
              Column.of("Cluster-IP", "string"),
              Column.of("External-IP", "string"),
              Column.of("Port(s)", "string"),
              Column.ageColumn(),
              Column.wide("Selector")),
          ServiceColumns::service);

  static final Columns<Endpoints> ENDPOINTS =
      new Columns<>(
          List.of(Column.nameColumn(), Column.of("Endpoints", "string"), Column.ageColumn()),
          (endpoints, now) ->
              Arrays.asList(
                  Cells.name(endpoints), addresses(endpoints), Cells.age(endpoints, now)));

  static final Columns<EndpointSlice> SLICES =
      new Columns<>(
          List.of(
              Column.nameColumn(),
              Column.of("AddressType", "string"),
              Column.of("Ports", "string"),
              Column.of("Endpoints", "string"),
              Column.ageColumn()),
          ServiceColumns::slice);

  private static final ServiceSpec NO_SPEC = ServiceSpec.builder().build();

  private ServiceColumns() {}

  private static List<@Nullable Object> service(Service service, Instant now) {
    ServiceSpec spec = service.spec() == null ? NO_SPEC : service.spec();
    return Arrays.asList(
        Cells.name(service),
        text(spec.type()),
        spec.clusterIPs().isEmpty()
            ? textOr(spec.clusterIP(), Cells.NONE)
            : textOr(spec.clusterIPs().getFirst(), Cells.NONE),
        external(service, spec),
        ports(spec.ports()),
        Cells.age(service, now),
        Cells.labels(spec.selector()));
  }

  private static String external(Service service, ServiceSpec spec) {
    return switch (text(spec.type())) {
      case "LoadBalancer" -> {
        List<String> addresses = new ArrayList<>();
        if (service.status() != null && service.status().loadBalancer() != null) {
          for (LoadBalancerIngress ingress : service.status().loadBalancer().ingress()) {
            addresses.add(textOr(ingress.ip(), text(ingress.hostname())));
          }
        }
        addresses.addAll(spec.externalIPs());
        yield addresses.isEmpty() ? "<pending>" : String.join(",", addresses);
      }
      case "ExternalName" -> text(spec.externalName());
      case "ClusterIP", "NodePort" -> Cells.joined(spec.externalIPs());
      default -> Cells.UNKNOWN;
    };
  }

  private static String ports(List<ServicePort> ports) {
    List<String> texts = new ArrayList<>(ports.size());
    for (ServicePort port : ports) {
      int nodePort = Cells.number(port.nodePort());
      texts.add(
          Cells.number(port.port())
              + (nodePort == 0 ? "" : ":" + nodePort)
              + "/"
              + text(port.protocol()));
    }
    return Cells.joined(texts);
  }

  private static String addresses(Endpoints endpoints) {
    List<String> texts = new ArrayList<>();
    for (EndpointSubset subset : endpoints.subsets()) {
      for (EndpointAddress address : subset.addresses()) {
        if (subset.ports().isEmpty()) {
          texts.add(text(address.ip()));
        }
        for (dev.tiphys.api.core.v1.EndpointPort port : subset.ports()) {
          texts.add(hostPort(text(address.ip()), Cells.number(port.port())));
        }
      }
    }
    return Cells.firstThree(texts, " + ");
  }

  private static String hostPort(String ip, int port) {
    return (ip.contains(":") ? "[" + ip + "]" : ip) + ":" + port;
  }

  private static List<@Nullable Object> slice(EndpointSlice slice, Instant now) {
    List<String> ports = new ArrayList<>();
    for (dev.tiphys.api.discovery.v1.EndpointPort port : slice.ports()) {
      ports.add(port.port() == null ? textOr(port.name(), "*") : Integer.toString(port.port()));
    }
    List<String> addresses = new ArrayList<>();
    slice.endpoints().forEach(endpoint -> addresses.addAll(endpoint.addresses()));
    String unset = "<unset>";
    return Arrays.asList(
        Cells.name(slice),
        text(slice.addressType()),
        ports.isEmpty() ? unset : Cells.firstThree(ports, " + "),
        addresses.isEmpty() ? unset : Cells.firstThree(addresses, " + "),
        Cells.age(slice, now));
  }
}

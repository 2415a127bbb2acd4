package dev.tiphys.apiserver.bootstrap;

import dev.tiphys.api.Resources;
import dev.tiphys.api.meta.v1.Condition;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.networking.v1.ServiceCIDR;
import dev.tiphys.api.networking.v1.ServiceCIDRSpec;
import dev.tiphys.api.networking.v1.ServiceCIDRStatus;
import dev.tiphys.apiserver.resource.Endpoint;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.resource.Part;
import dev.tiphys.apiserver.resource.WriteContext;
import dev.tiphys.apiserver.storage.ObjectKey;
import dev.tiphys.apiserver.strategy.allocation.AddressRange;
import dev.tiphys.apiserver.strategy.allocation.ServiceRanges;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * The ServiceCIDR {@code kubernetes}: the addresses of services that the server was started with.
 */
public final class DefaultServiceRange implements Bootstrap.Step {

  private static final String NAME = "kubernetes";

  private final Endpoints endpoints;
  private final ServiceRanges ranges;
  private final InstantSource clock;

  /** Publishes the ranges. */
  public DefaultServiceRange(Endpoints endpoints, ServiceRanges ranges, InstantSource clock) {
    this.endpoints = endpoints;
    this.ranges = ranges;
    this.clock = clock;
  }

  @Override
  public String name() {
    return "start-service-cidr-default";
  }

  @Override
  public void run() {
    WriteContext context = WriteContext.ofServer("kube-apiserver");
    Endpoint<ServiceCIDR> endpoint = endpoints.of(Resources.SERVICE_CIDRS);
    List<String> cidrs = ranges.all().stream().map(AddressRange::toString).toList();
    Ensure.present(
        endpoint,
        context,
        ServiceCIDR.builder()
            .metadata(ObjectMeta.builder().name(NAME).build())
            .spec(ServiceCIDRSpec.builder().cidrs(cidrs).build())
            .build(),
        found -> withSecond(found, cidrs));
    endpoint
        .writes()
        .modify(
            context,
            ObjectKey.clusterScoped(NAME),
            Part.status(endpoint.resource().strategy()),
            this::ready);
  }

  /** A second family may be added; what else differs is an administrator's. */
  private static ServiceCIDR withSecond(ServiceCIDR found, List<String> cidrs) {
    ServiceCIDRSpec spec = found.spec();
    return spec != null && cidrs.size() == 2 && spec.cidrs().equals(cidrs.subList(0, 1))
        ? found.withSpec(spec.withCidrs(cidrs))
        : found;
  }

  private ServiceCIDR ready(ServiceCIDR found) {
    if (found.status() != null && !found.status().conditions().isEmpty()) {
      return found;
    }
    return found.withStatus(
        ServiceCIDRStatus.builder()
            .conditions(
                List.of(
                    Condition.builder()
                        .type("Ready")
                        .status("True")
                        .reason("Created")
                        .message("Kubernetes default Service CIDR is ready")
                        .lastTransitionTime(clock.instant().truncatedTo(ChronoUnit.SECONDS))
                        .build()))
            .build());
  }
}

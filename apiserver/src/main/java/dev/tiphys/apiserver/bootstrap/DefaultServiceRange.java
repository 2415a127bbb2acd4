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
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * The ServiceCIDR {@code kubernetes}: the addresses of services that the server was started with.
 */
public final class DefaultServiceRange implements Bootstrap.Step {

  private static final String NAME = "kubernetes";

  private final Endpoints endpoints;
  private final AddressRange range;
  private final InstantSource clock;

  /** Publishes a range. */
  public DefaultServiceRange(Endpoints endpoints, AddressRange range, InstantSource clock) {
    this.endpoints = endpoints;
    this.range = range;
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
    Ensure.created(
        endpoint,
        context,
        ServiceCIDR.builder()
            .metadata(ObjectMeta.builder().name(NAME).build())
            .spec(
                ServiceCIDRSpec.builder()
                    .cidrs(List.of(range.at(0) + "/" + range.prefix()))
                    .build())
            .build());
    endpoint
        .writes()
        .modify(
            context,
            ObjectKey.clusterScoped(NAME),
            Part.status(endpoint.resource().strategy()),
            this::ready);
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
                        .message("Services take their addresses from here")
                        .lastTransitionTime(clock.instant().truncatedTo(ChronoUnit.SECONDS))
                        .build()))
            .build());
  }
}

package dev.tiphys.controllermanager.servicecidr;

import dev.tiphys.api.Resources;
import dev.tiphys.api.codec.JsonWriter;
import dev.tiphys.api.meta.v1.Condition;
import dev.tiphys.api.networking.v1.IPAddress;
import dev.tiphys.api.networking.v1.ServiceCIDR;
import dev.tiphys.api.networking.v1.ServiceCIDRStatus;
import dev.tiphys.client.ApiException;
import dev.tiphys.client.Client;
import dev.tiphys.client.ObjectKey;
import dev.tiphys.client.Patch;
import dev.tiphys.client.ResourceClient;
import dev.tiphys.client.controller.Reconciler;
import dev.tiphys.client.informer.Lister;
import dev.tiphys.controllermanager.Limits;
import dev.tiphys.controllermanager.common.Absent;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says that ranges of service addresses are ready, and keeps those that are deleted until nobody
 * has an address from them that is in no other range. Keys: the ServiceCIDRs.
 */
public final class ServiceCidrReconciler implements Reconciler<ObjectKey> {

  private static final Logger log = LoggerFactory.getLogger(ServiceCidrReconciler.class);
  private static final String FINALIZER = "networking.k8s.io/service-cidr-finalizer";
  private static final String MANAGED_BY = "ipaddress.kubernetes.io/managed-by";
  private static final String ALLOCATOR = "ipallocator.k8s.io";
  private static final String READY = "Ready";

  private final ResourceClient<ServiceCIDR> client;
  private final Lister<ServiceCIDR> ranges;
  private final Lister<IPAddress> addresses;
  private final InstantSource clock;

  /** Makes the reconciler. */
  public ServiceCidrReconciler(
      Client client, Lister<ServiceCIDR> ranges, Lister<IPAddress> addresses, InstantSource clock) {
    this.client = client.resource(Resources.SERVICE_CIDRS);
    this.ranges = ranges;
    this.addresses = addresses;
    this.clock = clock;
  }

  /** The ranges to look at when one comes or goes: those that overlap with it. */
  public static List<ObjectKey> overlapping(ServiceCIDR range, Lister<ServiceCIDR> all) {
    return all.all().stream()
        .filter(other ->
            prefixes(other).stream()
                .anyMatch(one ->
                    prefixes(range).stream()
                        .anyMatch(two -> one.contains(two) || two.contains(one))))
        .map(ObjectKey::of)
        .toList();
  }

  /** The ranges to look at when an address was taken or given back: those that it is in. */
  public static List<ObjectKey> containing(IPAddress address, Lister<ServiceCIDR> all) {
    return isService(address)
        ? all.all().stream()
            .filter(range -> gives(range, Absent.empty(address.metadata().name())))
            .map(ObjectKey::of)
            .toList()
        : List.of();
  }

  @Override
  public Result reconcile(ObjectKey key) {
    ServiceCIDR range = ranges.get(key);
    if (range == null) {
      return Result.DONE;
    }
    boolean has = range.metadata().finalizers().contains(FINALIZER);
    Instant deleted = range.metadata().deletionTimestamp();
    try {
      if (deleted == null) {
        if (!has) {
          List<String> more = new ArrayList<>(range.metadata().finalizers());
          more.add(FINALIZER);
          range = finalizers(range, more);
        }
        tell(range, "True", "", "Kubernetes Service CIDR is ready");
        return Result.DONE;
      }
      return has ? letGo(range, deleted) : Result.DONE;
    } catch (ApiException.NotFound gone) {
      log.debug("event=range-already-gone range={}", key.name());
      return Result.DONE;
    }
  }

  private Result letGo(ServiceCIDR range, Instant deleted) {
    if (isNeeded(range, ranges.all(), addresses.all())) {
      tell(
          range,
          "False",
          "Terminating",
          "There are still IPAddresses referencing the ServiceCIDR, please remove them or create a"
              + " new ServiceCIDR");
      return Result.DONE;
    }
    // Until every API server has heard of it, one of them may still give an address from it.
    Duration left = Duration.between(clock.instant(), deleted.plus(Limits.RANGE_QUARANTINE));
    if (left.isPositive()) {
      return Result.after(left);
    }
    List<String> rest = new ArrayList<>(range.metadata().finalizers());
    rest.remove(FINALIZER);
    finalizers(range, rest);
    log.info("event=service-range-gone range={}", range.metadata().name());
    return Result.DONE;
  }

  /** Whether an address has been given that only this range has. Pure. */
  static boolean isNeeded(
      ServiceCIDR range, Collection<ServiceCIDR> all, Collection<IPAddress> given) {
    List<ServiceCIDR> others =
        all.stream()
            .filter(other -> !Objects.equals(other.metadata().name(), range.metadata().name()))
            .toList();
    return given.stream()
        .filter(ServiceCidrReconciler::isService)
        .map(address -> Absent.empty(address.metadata().name()))
        .anyMatch(ip -> gives(range, ip) && others.stream().noneMatch(other -> gives(other, ip)));
  }

  private static boolean isService(IPAddress address) {
    return ALLOCATOR.equals(address.metadata().labels().get(MANAGED_BY));
  }

  private static boolean gives(ServiceCIDR range, String ip) {
    return prefixes(range).stream().anyMatch(prefix -> prefix.gives(ip));
  }

  private static List<Prefix> prefixes(ServiceCIDR range) {
    return range.spec() == null
        ? List.of()
        : range.spec().cidrs().stream().flatMap(cidr -> Prefix.parse(cidr).stream()).toList();
  }

  private ServiceCIDR finalizers(ServiceCIDR range, List<String> finalizers) {
    JsonWriter json = new JsonWriter();
    json.beginObject().name("metadata").beginObject();
    json.field("uid", Absent.empty(range.metadata().uid()));
    json.field("resourceVersion", Absent.empty(range.metadata().resourceVersion()));
    json.name("finalizers").beginArray();
    finalizers.forEach(json::value);
    json.endArray().endObject().endObject();
    return client.patch(Absent.empty(range.metadata().name()), new Patch.Merge(json.toString()));
  }

  private void tell(ServiceCIDR range, String status, String reason, String message) {
    List<Condition> before =
        range.status() == null ? List.<Condition>of() : range.status().conditions();
    if (before.stream()
        .anyMatch(each -> READY.equals(each.type()) && status.equals(each.status()))) {
      return;
    }
    List<Condition> conditions = new ArrayList<>(before);
    conditions.removeIf(each -> READY.equals(each.type()));
    conditions.add(
        Condition.builder()
            .type(READY)
            .status(status)
            .reason(reason)
            .message(message)
            .lastTransitionTime(clock.instant().truncatedTo(ChronoUnit.SECONDS))
            .build());
    client.updateStatus(
        range.withStatus(ServiceCIDRStatus.builder().conditions(conditions).build()));
  }
}

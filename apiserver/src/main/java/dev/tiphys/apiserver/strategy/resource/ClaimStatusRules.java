package dev.tiphys.apiserver.strategy.resource;

import dev.tiphys.api.resource.v1.AllocatedDeviceStatus;
import dev.tiphys.api.resource.v1.AllocationResult;
import dev.tiphys.api.resource.v1.DeviceAllocationResult;
import dev.tiphys.api.resource.v1.DeviceRequestAllocationResult;
import dev.tiphys.api.resource.v1.NetworkDeviceData;
import dev.tiphys.api.resource.v1.ResourceClaim;
import dev.tiphys.api.resource.v1.ResourceClaimConsumerReference;
import dev.tiphys.api.resource.v1.ResourceClaimStatus;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.Conditions;
import dev.tiphys.apiserver.strategy.IpText;
import dev.tiphys.apiserver.strategy.NodeSelectors;
import dev.tiphys.apiserver.strategy.resource.RequestRules.Names;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is wrong with what a claim was given, and with who uses it. Pure. */
final class ClaimStatusRules {

  private static final Path STATUS = Path.of("status");
  private static final int MOST_USERS = 256;
  private static final int MOST_RESULTS = 32;
  private static final int MOST_CONDITIONS = 8;
  private static final int LONGEST_DATA = 10 * 1024;
  private static final int LONGEST_INTERFACE = 256;
  private static final int LONGEST_HARDWARE = 128;
  private static final int MOST_ADDRESSES = 16;

  private ClaimStatusRules() {}

  static void validate(ResourceClaim claim, ResourceClaim old, FieldErrors errors) {
    ResourceClaimStatus status =
        Objects.requireNonNullElse(claim.status(), ResourceClaimStatus.EMPTY);
    ResourceClaimStatus before =
        Objects.requireNonNullElse(old.status(), ResourceClaimStatus.EMPTY);
    AllocationResult allocation = status.allocation();
    validateUsers(status.reservedFor(), errors);
    Path devices = STATUS.child("devices");
    Set<List<String>> allocated =
        results(allocation).stream()
            .map(r -> id(r.driver(), r.pool(), r.device(), r.shareID()))
            .collect(Collectors.toSet());
    for (int i = 0; i < status.devices().size(); i++) {
      validate(status.devices().get(i), allocated, devices.index(i), errors);
    }
    DeviceNames.unique(
        status.devices(),
        d -> shown(d.driver(), d.pool(), d.device(), d.shareID()),
        devices,
        errors);
    Path users = STATUS.child("reservedFor");
    if (!status.reservedFor().isEmpty() && allocation == null) {
      errors.forbidden(users, "may not be specified when `allocated` is not set");
    } else if (claim.metadata().deletionTimestamp() != null
        && !new HashSet<>(before.reservedFor()).containsAll(status.reservedFor())) {
      errors.forbidden(
          users,
          "new entries may not be added while `deallocationRequested` or `deletionTimestamp` are"
              + " set");
    }
    if (allocation == null) {
      return;
    }
    Path path = STATUS.child("allocation");
    if (before.allocation() != null) {
      Checks.immutable(allocation, before.allocation(), path, errors);
    } else {
      Names names = Names.of(claim.spec() == null ? null : claim.spec().devices());
      validate(allocation, names, path, errors);
    }
  }

  private static List<DeviceRequestAllocationResult> results(
      @Nullable AllocationResult allocation) {
    return allocation == null || allocation.devices() == null
        ? List.of()
        : allocation.devices().results();
  }

  private static List<String> id(@Nullable String... parts) {
    return Stream.of(parts).map(part -> String.valueOf(part)).toList();
  }

  private static String shown(
      @Nullable String driver,
      @Nullable String pool,
      @Nullable String device,
      @Nullable String share) {
    return Stream.of(driver, pool, device, share)
        .filter(Objects::nonNull)
        .collect(Collectors.joining("/"));
  }

  private static void validateUsers(
      List<ResourceClaimConsumerReference> users, FieldErrors errors) {
    Path path = STATUS.child("reservedFor");
    if (!Checks.fits(users, MOST_USERS, path, errors)) {
      return;
    }
    for (int i = 0; i < users.size(); i++) {
      Checks.present(users.get(i).resource(), path.index(i).child("resource"), errors);
      Checks.present(users.get(i).name(), path.index(i).child("name"), errors);
      Checks.present(users.get(i).uid(), path.index(i).child("uid"), errors);
    }
    DeviceNames.unique(users, user -> String.valueOf(user.uid()), path, errors);
  }

  private static void validate(
      AllocationResult allocation, Names names, Path path, FieldErrors errors) {
    DeviceAllocationResult devices =
        Objects.requireNonNullElse(allocation.devices(), DeviceAllocationResult.EMPTY);
    Path results = path.child("devices", "results");
    if (Checks.fits(devices.results(), MOST_RESULTS, results, errors)) {
      for (int i = 0; i < devices.results().size(); i++) {
        DeviceRequestAllocationResult result = devices.results().get(i);
        Path at = results.index(i);
        names.reference(result.request(), at.child("request"), errors);
        DeviceNames.driver(result.driver(), at.child("driver"), errors);
        DeviceNames.pool(result.pool(), at.child("pool"), errors);
        DeviceNames.device(result.device(), at.child("device"), errors);
        DeviceNames.binding(
            result.bindingConditions(), result.bindingFailureConditions(), at, errors);
        DeviceNames.share(result.shareID(), at.child("shareID"), errors);
      }
    }
    Path config = path.child("devices", "config");
    if (Checks.fits(devices.config(), 2 * RequestRules.MOST_CONFIGURATIONS, config, errors)) {
      for (int i = 0; i < devices.config().size(); i++) {
        var one = devices.config().get(i);
        Path at = config.index(i);
        Checks.requiredOneOf(
            one.source(), List.of("FromClaim", "FromClass"), at.child("source"), errors);
        names.references(one.requests(), at.child("requests"), errors);
        RequestRules.configuration(one.opaque(), at, errors);
      }
    }
    if (allocation.nodeSelector() != null) {
      NodeSelectors.validate(allocation.nodeSelector(), path.child("nodeSelector"), errors);
    }
  }

  private static void validate(
      AllocatedDeviceStatus device, Set<List<String>> allocated, Path path, FieldErrors errors) {
    DeviceNames.driver(device.driver(), path.child("driver"), errors);
    DeviceNames.pool(device.pool(), path.child("pool"), errors);
    DeviceNames.device(device.device(), path.child("device"), errors);
    DeviceNames.share(device.shareID(), path.child("shareID"), errors);
    if (!allocated.contains(
        id(device.driver(), device.pool(), device.device(), device.shareID()))) {
      errors.invalid(
          path,
          shown(device.driver(), device.pool(), device.device(), device.shareID()),
          "must be an allocated device in the claim");
    }
    Path conditions = path.child("conditions");
    Checks.fits(device.conditions(), MOST_CONDITIONS, conditions, errors);
    Conditions.validate(device.conditions(), conditions, errors);
    if (device.data() != null) {
      RequestRules.object(device.data(), LONGEST_DATA, path.child("data"), errors);
    }
    NetworkDeviceData network = device.networkData();
    if (network != null) {
      Path at = path.child("networkData");
      Checks.notLonger(
          network.interfaceName(), LONGEST_INTERFACE, at.child("interfaceName"), errors);
      Checks.notLonger(
          network.hardwareAddress(), LONGEST_HARDWARE, at.child("hardwareAddress"), errors);
      Path addresses = at.child("ips");
      if (Checks.fits(network.ips(), MOST_ADDRESSES, addresses, errors)) {
        for (int i = 0; i < network.ips().size(); i++) {
          if (!IpText.isRange(network.ips().get(i))) {
            errors.invalid(
                addresses.index(i),
                network.ips().get(i),
                "must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)");
          }
        }
        DeviceNames.unique(network.ips(), ip -> ip, addresses, errors);
      }
    }
  }
}

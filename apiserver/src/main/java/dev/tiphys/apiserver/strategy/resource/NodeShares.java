package dev.tiphys.apiserver.strategy.resource;

import dev.tiphys.api.resource.v1.Device;
import dev.tiphys.api.resource.v1.NodeAllocatableResourceMapping;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.api.value.Quantity;
import dev.tiphys.apiserver.strategy.ResourceNames;
import java.util.LinkedHashMap;
import java.util.Map;

/** How much of what nodes give to pods anyway, as CPU and memory, devices are. Pure. */
final class NodeShares {

  private NodeShares() {}

  /** A unit of a device counts once unless said otherwise. */
  static Device filled(Device device) {
    Map<String, NodeAllocatableResourceMapping> shares =
        new LinkedHashMap<>(device.nodeAllocatableResourceMappings());
    shares.replaceAll((name, share) ->
        share.allocationMultiplier() == null
            ? share.withAllocationMultiplier(Quantity.of(1))
            : share);
    return shares.equals(device.nodeAllocatableResourceMappings())
        ? device
        : device.withNodeAllocatableResourceMappings(shares);
  }

  static void validate(Device device, Path path, FieldErrors errors) {
    device
        .nodeAllocatableResourceMappings()
        .forEach((name, share) -> {
          Path at = path.key(name);
          if (!ResourceNames.isOfContainers(name)) {
            errors.invalid(at, name, "must be a node allocatable resource name");
          }
          String capacity = share.capacityKey();
          Path key = at.child("capacityKey");
          if (capacity != null && capacity.isEmpty()) {
            errors.invalid(key, capacity, "capacityKey must not be an empty string");
          } else if (capacity != null && !device.capacity().containsKey(capacity)) {
            errors.notFound(key, capacity);
          }
          Quantity times = share.allocationMultiplier();
          if (times != null && times.signum() <= 0) {
            errors.invalid(at.child("allocationMultiplier"), times.toString(), "must be positive");
          }
        });
  }
}

package dev.tiphys.apiserver.strategy.allocation;

import dev.tiphys.api.Resources;
import dev.tiphys.api.networking.v1.ServiceCIDR;
import dev.tiphys.apiserver.strategy.ClusterView;
import java.util.ArrayList;
import java.util.List;

/**
 * The ranges from which addresses may be given now: those that the server was started with, then
 * those of ServiceCIDRs that are ready and not being deleted. Families that the server was not
 * started with have none.
 */
final class OpenRanges {

  private final ClusterView view;
  private final ServiceRanges configured;

  OpenRanges(ClusterView view, ServiceRanges configured) {
    this.view = view;
    this.configured = configured;
  }

  List<String> families() {
    return configured.families();
  }

  /** The ranges of a family, in the order in which they are used up. */
  List<AddressRange> of(String family) {
    List<AddressRange> ranges = new ArrayList<>();
    configured.all().stream().filter(range -> range.family().equals(family)).forEach(ranges::add);
    if (ranges.isEmpty()) {
      return ranges;
    }
    for (ServiceCIDR more : view.list(Resources.SERVICE_CIDRS, "")) {
      if (more.spec() != null && more.metadata().deletionTimestamp() == null && ready(more)) {
        more.spec().cidrs().stream()
            .filter(AddressRange::isUsable)
            .map(AddressRange::parse)
            .filter(range -> range.family().equals(family) && !ranges.contains(range))
            .forEach(ranges::add);
      }
    }
    return ranges;
  }

  /** Ready unless said otherwise, for whoever says so may not run. */
  private static boolean ready(ServiceCIDR range) {
    return range.status() == null
        || range.status().conditions().stream()
            .filter(condition -> "Ready".equals(condition.type()))
            .allMatch(condition -> "True".equals(condition.status()));
  }
}

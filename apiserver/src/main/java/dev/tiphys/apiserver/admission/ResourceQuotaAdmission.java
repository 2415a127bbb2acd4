package dev.tiphys.apiserver.admission;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.ResourceQuota;
import dev.tiphys.api.core.v1.ResourceQuotaSpec;
import dev.tiphys.api.core.v1.ResourceQuotaStatus;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.usage.QuotaUsage;
import dev.tiphys.api.value.Quantity;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.strategy.ClusterView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what would be more than a namespace's ResourceQuotas allow, and counts what is not. The
 * count stands in each quota's status, so that writes at the same time, through whichever server,
 * never find the same room; a controller puts it right when objects go.
 */
public final class ResourceQuotaAdmission implements Admission {

  private final ClusterView view;
  private final QuotaLedger ledger;

  /** Looks quotas up in a view, and keeps what is used in a ledger. */
  public ResourceQuotaAdmission(ClusterView view, QuotaLedger ledger) {
    this.view = view;
    this.ledger = ledger;
  }

  @Override
  public void validate(Request request, @Nullable ApiObject object, @Nullable ApiObject old) {
    if (!request.writes()
        || object == null
        || request.namespace().isEmpty()
        || !request.subresource().isEmpty()) {
      return;
    }
    List<ResourceQuota> quotas =
        view.list(Resources.RESOURCE_QUOTAS, request.namespace()).stream()
            .filter(quota -> quota.spec() != null)
            .toList();
    if (quotas.isEmpty()) {
      return;
    }
    Map<String, Quantity> cost = QuotaUsage.of(request.type(), object);
    Map<String, Quantity> before = old == null ? Map.of() : QuotaUsage.of(request.type(), old);
    for (ResourceQuota quota : quotas) {
      check(request, quota, object, added(cost, before));
    }
  }

  /** What an object costs more than it did. */
  private static Map<String, Quantity> added(
      Map<String, Quantity> cost, Map<String, Quantity> before) {
    Map<String, Quantity> added = new TreeMap<>();
    cost.forEach((name, amount) -> {
      Quantity more = amount.minus(before.getOrDefault(name, Quantity.ZERO));
      if (more.signum() > 0) {
        added.put(name, more);
      }
    });
    return added;
  }

  private void check(
      Request request, ResourceQuota quota, ApiObject object, Map<String, Quantity> added) {
    ResourceQuotaSpec spec = quota.spec() == null ? ResourceQuotaSpec.EMPTY : quota.spec();
    if (!QuotaUsage.covers(spec, object)) {
      return;
    }
    String name = String.valueOf(quota.metadata().name());
    if (object instanceof Pod pod && request.operation() == Operation.CREATE) {
      String unstated = QuotaUsage.unstated(spec, pod);
      if (!unstated.isEmpty()) {
        throw refused(request, object, "failed quota: " + name + ": must specify " + unstated);
      }
    }
    Map<String, Quantity> asked = new TreeMap<>(added);
    asked.keySet().retainAll(spec.hard().keySet());
    if (asked.isEmpty()) {
      return;
    }
    if (request.dryRun()) {
      spend(request, object, quota, asked);
    } else {
      ledger.change(request.namespace(), name, present -> spend(request, object, present, asked));
    }
  }

  /** The quota with so much more used. */
  private static ResourceQuota spend(
      Request request, ApiObject object, ResourceQuota quota, Map<String, Quantity> asked) {
    ResourceQuotaStatus status =
        quota.status() == null ? ResourceQuotaStatus.EMPTY : quota.status();
    String name = String.valueOf(quota.metadata().name());
    Map<String, Quantity> used = new TreeMap<>(status.used());
    List<String> unknown =
        asked.keySet().stream()
            .filter(key -> !used.containsKey(key) || !status.hard().containsKey(key))
            .toList();
    if (!unknown.isEmpty()) {
      throw refused(
          request,
          object,
          "status unknown for quota: " + name + ", resources: " + String.join(",", unknown));
    }
    List<String> over =
        asked.keySet().stream()
            .filter(key -> {
              Quantity total = amount(asked, key).plus(amount(used, key));
              return total.compareTo(amount(status.hard(), key)) > 0;
            })
            .toList();
    if (!over.isEmpty()) {
      throw refused(
          request,
          object,
          "exceeded quota: "
              + name
              + ", requested: "
              + told(over, asked)
              + ", used: "
              + told(over, used)
              + ", limited: "
              + told(over, status.hard()));
    }
    asked.forEach((key, amount) -> used.merge(key, amount, Quantity::plus));
    return quota.withStatus(status.withUsed(used));
  }

  private static Quantity amount(Map<String, Quantity> amounts, String name) {
    return amounts.getOrDefault(name, Quantity.ZERO);
  }

  private static String told(List<String> names, Map<String, Quantity> amounts) {
    List<String> texts = new ArrayList<>();
    names.forEach(name -> texts.add(name + "=" + amount(amounts, name)));
    return String.join(",", texts);
  }

  private static ApiException refused(Request request, ApiObject object, String why) {
    String name = object.metadata().name();
    return ApiException.forbidden(
        request.type().group(), request.type().plural(), name == null ? "" : name, why);
  }
}

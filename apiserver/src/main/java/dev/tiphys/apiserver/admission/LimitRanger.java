package dev.tiphys.apiserver.admission;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.LimitRange;
import dev.tiphys.api.core.v1.LimitRangeItem;
import dev.tiphys.api.core.v1.PersistentVolumeClaim;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.ResourceRequirements;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.usage.PodAmounts;
import dev.tiphys.api.value.Quantity;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.strategy.ClusterView;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Gives containers that say nothing of their resources what the namespace's LimitRanges say, and
 * refuses pods and claims that ask for less or more than these allow.
 */
public final class LimitRanger extends PodAdmission {

  private final ClusterView view;

  /** Looks limits up in a view. */
  public LimitRanger(ClusterView view) {
    this.view = view;
  }

  private List<LimitRangeItem> items(String namespace, String type) {
    List<LimitRangeItem> items = new ArrayList<>();
    for (LimitRange range : view.list(Resources.LIMIT_RANGES, namespace)) {
      if (range.spec() != null) {
        range.spec().limits().stream().filter(i -> type.equals(i.type())).forEach(items::add);
      }
    }
    return items;
  }

  @Override
  PodSpec complete(Request request, Pod pod, PodSpec spec) {
    List<LimitRangeItem> items = items(request.namespace(), "Container");
    boolean defaults =
        items.stream().anyMatch(i -> !i.default_().isEmpty() || !i.defaultRequest().isEmpty());
    return defaults
        ? spec.toBuilder()
            .containers(spec.containers().stream().map(c -> filled(c, items)).toList())
            .initContainers(spec.initContainers().stream().map(c -> filled(c, items)).toList())
            .build()
        : spec;
  }

  /** A container with the defaults of what it does not say itself. */
  static Container filled(Container container, List<LimitRangeItem> items) {
    ResourceRequirements resources = of(container);
    Map<String, Quantity> limits = new LinkedHashMap<>(resources.limits());
    Map<String, Quantity> requests = new LinkedHashMap<>(resources.requests());
    for (LimitRangeItem item : items) {
      item.default_().forEach(limits::putIfAbsent);
      item.defaultRequest().forEach(requests::putIfAbsent);
    }
    return container.withResources(resources.toBuilder().limits(limits).requests(requests).build());
  }

  private static ResourceRequirements of(Container container) {
    return Objects.requireNonNullElse(container.resources(), ResourceRequirements.EMPTY);
  }

  @Override
  public void validate(Request request, @Nullable ApiObject object, @Nullable ApiObject old) {
    if (!request.subresource().isEmpty()) {
      return;
    }
    List<String> faults = new ArrayList<>();
    if (request.operation() == Operation.CREATE && object instanceof Pod pod) {
      PodSpec spec = Objects.requireNonNullElse(pod.spec(), PodSpec.EMPTY);
      for (LimitRangeItem item : items(request.namespace(), "Container")) {
        spec.containers().forEach(c -> check(item, of(c).requests(), of(c).limits(), faults));
        spec.initContainers().forEach(c -> check(item, of(c).requests(), of(c).limits(), faults));
      }
      for (LimitRangeItem item : items(request.namespace(), "Pod")) {
        check(item, PodAmounts.requests(spec), PodAmounts.limits(spec), faults);
      }
    } else if (object instanceof PersistentVolumeClaim claim && request.writes()) {
      Map<String, Quantity> asked =
          claim.spec() == null || claim.spec().resources() == null
              ? Map.of()
              : claim.spec().resources().requests();
      for (LimitRangeItem item : items(request.namespace(), "PersistentVolumeClaim")) {
        check(item, asked, Map.of(), faults);
      }
    }
    if (!faults.isEmpty()) {
      String name = object == null ? "" : object.metadata().name();
      throw ApiException.forbidden(
          request.type().group(),
          request.type().plural(),
          name == null ? "" : name,
          faults.size() == 1 ? faults.getFirst() : "[" + String.join(", ", faults) + "]");
    }
  }

  /** What an item says of requests and limits. */
  static void check(
      LimitRangeItem item,
      Map<String, Quantity> requests,
      Map<String, Quantity> limits,
      List<String> faults) {
    String type = String.valueOf(item.type());
    new TreeMap<>(item.min())
        .forEach((name, min) -> {
          String start = "minimum " + name + " usage per " + type + " is " + min;
          Quantity request = requests.get(name);
          Quantity limit = limits.get(name);
          if (request == null) {
            faults.add(start + ".  No request is specified");
          } else if (request.compareTo(min) < 0) {
            faults.add(start + ", but request is " + request);
          } else if (limit != null && limit.compareTo(min) < 0) {
            faults.add(start + ", but limit is " + limit);
          }
        });
    boolean limited = !type.equals("PersistentVolumeClaim");
    new TreeMap<>(item.max())
        .forEach((name, max) -> {
          String start = "maximum " + name + " usage per " + type + " is " + max;
          Quantity limit = limited ? limits.get(name) : requests.get(name);
          Quantity request = requests.get(name);
          if (limit == null) {
            faults.add(start + ".  No " + (limited ? "limit" : "request") + " is specified");
          } else if (limit.compareTo(max) > 0) {
            faults.add(start + ", but " + (limited ? "limit" : "request") + " is " + limit);
          } else if (request != null && request.compareTo(max) > 0) {
            faults.add(start + ", but request is " + request);
          }
        });
    new TreeMap<>(item.maxLimitRequestRatio())
        .forEach(
            (name, most) -> ratio(name, type, most, requests.get(name), limits.get(name), faults));
  }

  private static void ratio(
      String name,
      String type,
      Quantity most,
      @Nullable Quantity request,
      @Nullable Quantity limit,
      List<String> faults) {
    String start = name + " max limit to request ratio per " + type + " is " + most;
    if (request == null || request.signum() == 0) {
      faults.add(start + ", but no request is specified or request is 0");
    } else if (limit == null || limit.signum() == 0) {
      faults.add(start + ", but no limit is specified or limit is 0");
    } else {
      BigDecimal found = limit.amount().divide(request.amount(), MathContext.DECIMAL64);
      if (found.compareTo(most.amount()) > 0) {
        faults.add(start + ", but provided ratio is " + "%.6f".formatted(found.doubleValue()));
      }
    }
  }
}

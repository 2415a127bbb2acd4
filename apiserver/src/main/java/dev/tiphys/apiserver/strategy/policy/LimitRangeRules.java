package dev.tiphys.apiserver.strategy.policy;

import dev.tiphys.api.core.v1.LimitRange;
import dev.tiphys.api.core.v1.LimitRangeItem;
import dev.tiphys.api.names.LabelNames;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.api.value.Quantity;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.ResourceNames;
import dev.tiphys.apiserver.strategy.Strategy;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The rules of LimitRange. */
public final class LimitRangeRules {

  private static final Path LIMITS = Path.of("spec", "limits");
  private static final Set<String> TYPES = Set.of("Pod", "Container", "PersistentVolumeClaim");

  private LimitRangeRules() {}

  /** The rules. */
  public static Strategy<LimitRange> rules() {
    return KindRules.<LimitRange>builder()
        .defaults(LimitRangeRules::fill)
        .validate(LimitRangeRules::validate)
        .build();
  }

  /** What is limited is, unless said otherwise, limited by default; what is so is requested so. */
  private static LimitRange fill(LimitRange object) {
    if (object.spec() == null) {
      return object;
    }
    List<LimitRangeItem> items =
        object.spec().limits().stream()
            .map(item -> {
              if (!"Container".equals(item.type())) {
                return item;
              }
              Map<String, Quantity> limits = new LinkedHashMap<>(item.default_());
              item.max().forEach(limits::putIfAbsent);
              Map<String, Quantity> requests = new LinkedHashMap<>(item.defaultRequest());
              limits.forEach(requests::putIfAbsent);
              item.min().forEach(requests::putIfAbsent);
              return item.toBuilder().default_(limits).defaultRequest(requests).build();
            })
            .toList();
    return object.withSpec(object.spec().withLimits(items));
  }

  private static void validate(LimitRange object, FieldErrors errors) {
    List<LimitRangeItem> items = object.spec() == null ? List.of() : object.spec().limits();
    Set<String> types = new HashSet<>();
    for (int i = 0; i < items.size(); i++) {
      LimitRangeItem item = items.get(i);
      Path path = LIMITS.index(i);
      String type = item.type() == null ? "" : item.type();
      errors.invalid(path.child("type"), type, LabelNames.key(type));
      if (LabelNames.key(type).isEmpty() && !type.contains("/") && !TYPES.contains(type)) {
        errors.invalid(
            path.child("type"), type, "must be a standard limit type or fully qualified");
      }
      if (!types.add(type)) {
        errors.duplicate(path.child("type"), type);
      }
      validate(item, type, path, errors);
    }
  }

  private static void validate(LimitRangeItem item, String type, Path path, FieldErrors errors) {
    boolean pod = type.equals("Pod");
    names(type, item.max(), path.child("max"), errors);
    names(type, item.min(), path.child("min"), errors);
    if (pod && !item.default_().isEmpty()) {
      errors.forbidden(path.child("default"), "may not be specified when `type` is 'Pod'");
    }
    if (pod && !item.defaultRequest().isEmpty()) {
      errors.forbidden(path.child("defaultRequest"), "may not be specified when `type` is 'Pod'");
    }
    if (!pod) {
      names(type, item.default_(), path.child("default"), errors);
      names(type, item.defaultRequest(), path.child("defaultRequest"), errors);
    }
    if (type.equals("PersistentVolumeClaim")
        && !item.min().containsKey("storage")
        && !item.max().containsKey("storage")) {
      errors.required(
          path.child("limits"),
          "either minimum or maximum storage value is required, but neither was provided");
    }
    names(type, item.maxLimitRequestRatio(), path.child("maxLimitRequestRatio"), errors);
    Set<String> names = new TreeSet<>(item.max().keySet());
    names.addAll(item.min().keySet());
    if (!pod) {
      names.addAll(item.default_().keySet());
      names.addAll(item.defaultRequest().keySet());
    }
    names.addAll(item.maxLimitRequestRatio().keySet());
    names.forEach(name -> validateLimit(item, name, path, errors));
  }

  private static void names(
      String type, Map<String, Quantity> amounts, Path path, FieldErrors errors) {
    for (String name : amounts.keySet()) {
      if (type.equals("Pod") || type.equals("Container")) {
        ResourceNames.checkOfContainers(name, path.key(name), errors);
      } else {
        ResourceNames.check(name, path.key(name), errors);
      }
    }
  }

  private static void validateLimit(
      LimitRangeItem item, String name, Path path, FieldErrors errors) {
    boolean pod = "Pod".equals(item.type());
    Quantity min = item.min().get(name);
    Quantity max = item.max().get(name);
    Quantity limit = pod ? null : item.default_().get(name);
    Quantity request = pod ? null : item.defaultRequest().get(name);
    Path least = path.child("min").key(name);
    Path requested = path.child("defaultRequest").key(name);
    Path limited = path.child("default").key(name);
    ordered(min, "min value", max, "max value", min, least, errors);
    ordered(min, "min value", request, "default request value", request, requested, errors);
    ordered(request, "default request value", max, "max value", request, requested, errors);
    ordered(
        request, "default request value", limit, "default limit value", request, requested, errors);
    ordered(min, "min value", limit, "default value", min, limited, errors);
    ordered(limit, "default value", max, "max value", max, limited, errors);
    validateRatio(
        item.maxLimitRequestRatio().get(name),
        min,
        max,
        path.child("maxLimitRequestRatio").key(name),
        errors);
    if (!ResourceNames.isOvercommitted(name)
        && limit != null
        && request != null
        && limit.compareTo(request) != 0) {
      errors.invalid(
          requested,
          request,
          "default value "
              + limit
              + " must equal to defaultRequest value "
              + request
              + " in "
              + name);
    }
  }

  private static void ordered(
      @Nullable Quantity less,
      String lessName,
      @Nullable Quantity more,
      String moreName,
      @Nullable Quantity shown,
      Path path,
      FieldErrors errors) {
    if (less != null && more != null && less.compareTo(more) > 0) {
      errors.invalid(
          path,
          String.valueOf(shown),
          lessName + " " + less + " is greater than " + moreName + " " + more);
    }
  }

  private static void validateRatio(
      @Nullable Quantity ratio,
      @Nullable Quantity min,
      @Nullable Quantity max,
      Path path,
      FieldErrors errors) {
    if (ratio == null) {
      return;
    }
    if (ratio.compareTo(Quantity.of(1)) < 0) {
      errors.invalid(path, ratio.toString(), "ratio " + ratio + " is less than 1");
    }
    if (min != null && max != null && min.signum() > 0) {
      BigDecimal most = max.amount().divide(min.amount(), MathContext.DECIMAL64);
      if (ratio.amount().compareTo(most) > 0) {
        String text = most.setScale(6, RoundingMode.HALF_EVEN).toPlainString();
        errors.invalid(
            path, ratio.toString(), "ratio " + ratio + " is greater than max/min = " + text);
      }
    }
  }
}

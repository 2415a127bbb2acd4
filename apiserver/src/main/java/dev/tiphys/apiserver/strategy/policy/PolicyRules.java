package dev.tiphys.apiserver.strategy.policy;

import dev.tiphys.api.core.v1.LimitRange;
import dev.tiphys.api.core.v1.LimitRangeItem;
import dev.tiphys.api.core.v1.ResourceQuota;
import dev.tiphys.api.core.v1.ResourceQuotaSpec;
import dev.tiphys.api.names.LabelNames;
import dev.tiphys.api.policy.v1.PodDisruptionBudget;
import dev.tiphys.api.policy.v1.PodDisruptionBudgetSpec;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.api.value.Quantity;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules of PodDisruptionBudget, ResourceQuota and LimitRange. */
public final class PolicyRules {

  private static final Path SPEC = Path.of("spec");
  private static final Set<String> STANDARD =
      Set.of("cpu", "memory", "storage", "ephemeral-storage");
  private static final Set<String> QUOTA_ONLY =
      Set.of(
          "pods",
          "services",
          "replicationcontrollers",
          "resourcequotas",
          "secrets",
          "configmaps",
          "persistentvolumeclaims",
          "services.nodeports",
          "services.loadbalancers",
          "requests.cpu",
          "requests.memory",
          "requests.storage",
          "requests.ephemeral-storage",
          "limits.cpu",
          "limits.memory",
          "limits.ephemeral-storage");
  private static final List<String> SCOPES =
      List.of(
          "BestEffort",
          "CrossNamespacePodAffinity",
          "NotBestEffort",
          "NotTerminating",
          "PriorityClass",
          "Terminating",
          "VolumeAttributesClass");

  private PolicyRules() {}

  /** The rules of PodDisruptionBudget. */
  public static Strategy<PodDisruptionBudget> budgets() {
    return KindRules.<PodDisruptionBudget>builder()
        .validate(PolicyRules::validateBudget)
        .conditional()
        .build();
  }

  private static void validateBudget(PodDisruptionBudget object, FieldErrors errors) {
    PodDisruptionBudgetSpec spec =
        Objects.requireNonNullElse(object.spec(), PodDisruptionBudgetSpec.EMPTY);
    if (spec.minAvailable() != null && spec.maxUnavailable() != null) {
      errors.invalid(SPEC, spec, "minAvailable and maxUnavailable cannot be both set");
    }
    Checks.share(spec.minAvailable(), true, SPEC.child("minAvailable"), errors);
    Checks.share(spec.maxUnavailable(), true, SPEC.child("maxUnavailable"), errors);
    Checks.selector(spec.selector(), SPEC.child("selector"), errors);
    Checks.oneOf(
        spec.unhealthyPodEvictionPolicy(),
        List.of("AlwaysAllow", "IfHealthyBudget"),
        SPEC.child("unhealthyPodEvictionPolicy"),
        errors);
  }

  /** The rules of ResourceQuota. */
  public static Strategy<ResourceQuota> quotas() {
    return KindRules.<ResourceQuota>builder()
        .generations(false)
        .validate(PolicyRules::validateQuota)
        .change(PolicyRules::changeQuota)
        .statusChange(PolicyRules::changeQuotaStatus)
        .build();
  }

  private static void validateQuota(ResourceQuota object, FieldErrors errors) {
    ResourceQuotaSpec spec = Objects.requireNonNullElse(object.spec(), ResourceQuotaSpec.EMPTY);
    amounts(spec.hard(), SPEC.child("hard"), errors);
    Set<String> seen = new HashSet<>();
    for (String scope : spec.scopes()) {
      if (!SCOPES.contains(scope)) {
        errors.invalid(SPEC.child("scopes"), spec.scopes(), "unsupported scope");
      }
      seen.add(scope);
    }
    if (seen.contains("BestEffort") && seen.contains("NotBestEffort")
        || seen.contains("Terminating") && seen.contains("NotTerminating")) {
      errors.invalid(SPEC.child("scopes"), spec.scopes(), "conflicting scopes");
    }
    if (spec.scopeSelector() != null) {
      Path path = SPEC.child("scopeSelector", "matchExpressions");
      for (var term : spec.scopeSelector().matchExpressions()) {
        if (!SCOPES.contains(String.valueOf(term.scopeName()))) {
          errors.invalid(path.child("scopeName"), term.scopeName(), "unsupported scope");
        }
        boolean listed = "In".equals(term.operator()) || "NotIn".equals(term.operator());
        boolean bare = "Exists".equals(term.operator()) || "DoesNotExist".equals(term.operator());
        if (listed && term.values().isEmpty()) {
          errors.required(
              path.child("values"),
              "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector");
        } else if (bare && !term.values().isEmpty()) {
          errors.invalid(
              path.child("values"),
              term.values(),
              "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector");
        } else if (!listed && !bare) {
          errors.invalid(path.child("operator"), term.operator(), "not a valid selector operator");
        }
      }
    }
  }

  private static void amounts(Map<String, Quantity> amounts, Path path, FieldErrors errors) {
    amounts.forEach((name, amount) -> {
      Path at = path.key(name);
      errors.invalid(at, name, LabelNames.key(name));
      boolean known =
          name.contains("/")
              || STANDARD.contains(name)
              || QUOTA_ONLY.contains(name)
              || name.startsWith("hugepages-")
              || name.startsWith("requests.hugepages-")
              || name.endsWith(".storageclass.storage.k8s.io/requests.storage");
      if (!known) {
        errors.invalid(at, name, "must be a standard resource for quota");
      }
      if (amount.signum() < 0) {
        errors.invalid(at, amount.toString(), FieldError.NEGATIVE);
      }
    });
  }

  private static void changeQuota(ResourceQuota object, ResourceQuota old, FieldErrors errors) {
    ResourceQuotaSpec spec = Objects.requireNonNullElse(object.spec(), ResourceQuotaSpec.EMPTY);
    ResourceQuotaSpec before = Objects.requireNonNullElse(old.spec(), ResourceQuotaSpec.EMPTY);
    if (!new HashSet<>(spec.scopes()).equals(new HashSet<>(before.scopes()))) {
      errors.invalid(SPEC.child("scopes"), spec.scopes(), FieldError.IMMUTABLE);
    }
  }

  private static void changeQuotaStatus(
      ResourceQuota object, ResourceQuota old, FieldErrors errors) {
    if (object.status() != null) {
      amounts(object.status().hard(), Path.of("status", "hard"), errors);
      amounts(object.status().used(), Path.of("status", "used"), errors);
    }
  }

  /** The rules of LimitRange. */
  public static Strategy<LimitRange> limitRanges() {
    return KindRules.<LimitRange>builder()
        .defaults(PolicyRules::fillLimits)
        .validate(PolicyRules::validateLimits)
        .build();
  }

  /** What is limited is, unless said otherwise, limited by default; what is so is requested so. */
  private static LimitRange fillLimits(LimitRange object) {
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

  private static void validateLimits(LimitRange object, FieldErrors errors) {
    List<LimitRangeItem> items = object.spec() == null ? List.of() : object.spec().limits();
    Set<String> types = new HashSet<>();
    for (int i = 0; i < items.size(); i++) {
      LimitRangeItem item = items.get(i);
      Path path = SPEC.child("limits").index(i);
      if (Checks.present(item.type(), path.child("type"), errors)
          && !types.add(String.valueOf(item.type()))) {
        errors.duplicate(path.child("type"), item.type());
      }
      if ("Pod".equals(item.type())) {
        if (!item.default_().isEmpty()) {
          errors.forbidden(path.child("default"), "may not be specified when `type` is 'Pod'");
        }
        if (!item.defaultRequest().isEmpty()) {
          errors.forbidden(
              path.child("defaultRequest"), "may not be specified when `type` is 'Pod'");
        }
      }
      if ("PersistentVolumeClaim".equals(item.type())
          && !item.min().containsKey("storage")
          && !item.max().containsKey("storage")) {
        errors.required(
            path,
            "either minimum or maximum storage value is required, but neither was" + " provided");
      }
      Set<String> names = new java.util.TreeSet<>(item.max().keySet());
      names.addAll(item.min().keySet());
      names.addAll(item.default_().keySet());
      names.addAll(item.defaultRequest().keySet());
      names.addAll(item.maxLimitRequestRatio().keySet());
      names.forEach(name -> validateLimit(item, name, path, errors));
    }
  }

  private static void validateLimit(
      LimitRangeItem item, String name, Path path, FieldErrors errors) {
    Quantity min = item.min().get(name);
    Quantity max = item.max().get(name);
    Quantity limit = item.default_().get(name);
    Quantity request = item.defaultRequest().get(name);
    errors.invalid(path.child("max").key(name), name, LabelNames.key(name));
    ordered(min, "min", max, "max", "min", name, path, errors);
    ordered(min, "min", request, "default request", "defaultRequest", name, path, errors);
    ordered(request, "default request", max, "max", "defaultRequest", name, path, errors);
    ordered(
        request, "default request", limit, "default limit", "defaultRequest", name, path, errors);
    ordered(min, "min", limit, "default", "default", name, path, errors);
    ordered(limit, "default", max, "max", "default", name, path, errors);
    Quantity ratio = item.maxLimitRequestRatio().get(name);
    if (ratio != null && ratio.compareTo(Quantity.of(1)) < 0) {
      errors.invalid(
          path.child("maxLimitRequestRatio").key(name),
          ratio.toString(),
          "ratio " + ratio + " is less than 1");
    }
  }

  private static void ordered(
      @Nullable Quantity less,
      String lessName,
      @Nullable Quantity more,
      String moreName,
      String field,
      String name,
      Path path,
      FieldErrors errors) {
    if (less != null && more != null && less.compareTo(more) > 0) {
      Quantity shown = field.equals("default") && lessName.equals("min") ? more : less;
      String text = lessName + " value " + less + " is greater than " + moreName + " value " + more;
      errors.invalid(path.child(field).key(name), shown.toString(), text);
    }
  }
}

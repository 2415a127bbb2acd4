package dev.tiphys.api.usage;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.PersistentVolumeClaim;
import dev.tiphys.api.core.v1.PersistentVolumeClaimSpec;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.ResourceQuotaSpec;
import dev.tiphys.api.core.v1.ResourceRequirements;
import dev.tiphys.api.core.v1.ScopedResourceSelectorRequirement;
import dev.tiphys.api.core.v1.Service;
import dev.tiphys.api.core.v1.ServiceSpec;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.api.value.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What an object costs of a quota, and which quotas it is under. Pure. */
public final class QuotaUsage {

  private static final Quantity ONE = Quantity.of(1);
  private static final Set<String> COUNTED =
      Set.of(
          "pods",
          "services",
          "replicationcontrollers",
          "resourcequotas",
          "secrets",
          "configmaps",
          "persistentvolumeclaims");
  private static final Set<String> MUST_STATE =
      Set.of("cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory");

  private QuotaUsage() {}

  /** What an object costs, by the names that quotas use. */
  public static Map<String, Quantity> of(ResourceType<?> type, ApiObject object) {
    Map<String, Quantity> usage = new TreeMap<>();
    String plural = type.plural();
    usage.put(counter(type), ONE);
    if (object instanceof Pod pod && hasEnded(pod)) {
      return usage;
    }
    if (type.group().isEmpty() && COUNTED.contains(plural)) {
      usage.put(plural, ONE);
    }
    switch (object) {
      case Pod pod -> addPod(Objects.requireNonNullElse(pod.spec(), PodSpec.EMPTY), usage);
      case Service service ->
          addService(Objects.requireNonNullElse(service.spec(), ServiceSpec.EMPTY), usage);
      case PersistentVolumeClaim claim ->
          addClaim(
              Objects.requireNonNullElse(claim.spec(), PersistentVolumeClaimSpec.EMPTY), usage);
      default -> {
        // Counts only.
      }
    }
    return usage;
  }

  /** The name by which a quota bounds the number of objects of any resource. */
  public static String counter(ResourceType<?> type) {
    return "count/" + (type.group().isEmpty() ? type.plural() : type.plural() + "." + type.group());
  }

  /** Whether a quota bounds what only pods cost, that is anything that is no number of others. */
  public static boolean boundsPods(String name) {
    return name.equals("pods")
        || name.equals("count/pods")
        || MUST_STATE.contains(name)
        || name.equals("ephemeral-storage")
        || name.startsWith("hugepages-")
        || name.startsWith("limits.")
        || name.startsWith("requests.") && !name.equals("requests.storage");
  }

  private static boolean hasEnded(Pod pod) {
    String phase = pod.status() == null ? null : pod.status().phase();
    return "Succeeded".equals(phase) || "Failed".equals(phase);
  }

  private static void addPod(PodSpec spec, Map<String, Quantity> usage) {
    PodAmounts.requests(spec)
        .forEach((name, amount) -> {
          usage.put("requests." + name, amount);
          if (Set.of("cpu", "memory", "ephemeral-storage").contains(name)) {
            usage.put(name, amount);
          }
        });
    PodAmounts.limits(spec).forEach((name, amount) -> usage.put("limits." + name, amount));
  }

  private static void addService(ServiceSpec spec, Map<String, Quantity> usage) {
    boolean balanced = "LoadBalancer".equals(spec.type());
    if (balanced) {
      usage.put("services.loadbalancers", ONE);
    }
    boolean ported =
        "NodePort".equals(spec.type())
            || balanced && !Boolean.FALSE.equals(spec.allocateLoadBalancerNodePorts());
    if (ported) {
      usage.put("services.nodeports", Quantity.of(spec.ports().size()));
    }
  }

  private static void addClaim(PersistentVolumeClaimSpec spec, Map<String, Quantity> usage) {
    Quantity storage = spec.resources() == null ? null : spec.resources().requests().get("storage");
    if (storage != null) {
      usage.put("requests.storage", storage);
    }
    String name = spec.storageClassName();
    if (name != null && !name.isEmpty()) {
      String prefix = name + ".storageclass.storage.k8s.io/";
      usage.put(prefix + "persistentvolumeclaims", ONE);
      if (storage != null) {
        usage.put(prefix + "requests.storage", storage);
      }
    }
  }

  /** Whether an object is under a quota: those with scopes are for some pods only. */
  public static boolean covers(ResourceQuotaSpec quota, ApiObject object) {
    List<ScopedResourceSelectorRequirement> terms =
        quota.scopeSelector() == null ? List.of() : quota.scopeSelector().matchExpressions();
    if (quota.scopes().isEmpty() && terms.isEmpty()) {
      return true;
    }
    if (!(object instanceof Pod pod)) {
      return false;
    }
    PodSpec spec = Objects.requireNonNullElse(pod.spec(), PodSpec.EMPTY);
    return quota.scopes().stream().allMatch(scope -> isIn(scope, spec))
        && terms.stream().allMatch(term -> matches(term, spec));
  }

  private static boolean isIn(String scope, PodSpec spec) {
    return switch (scope) {
      case "Terminating" -> spec.activeDeadlineSeconds() != null;
      case "NotTerminating" -> spec.activeDeadlineSeconds() == null;
      case "BestEffort" -> QosClass.of(spec).equals("BestEffort");
      case "NotBestEffort" -> !QosClass.of(spec).equals("BestEffort");
      case "PriorityClass" -> spec.priorityClassName() != null;
      default -> false;
    };
  }

  private static boolean matches(ScopedResourceSelectorRequirement term, PodSpec spec) {
    String scope = String.valueOf(term.scopeName());
    if (!scope.equals("PriorityClass")) {
      return "DoesNotExist".equals(term.operator()) != isIn(scope, spec);
    }
    String name = spec.priorityClassName() == null ? "" : spec.priorityClassName();
    return switch (String.valueOf(term.operator())) {
      case "In" -> term.values().contains(name);
      case "NotIn" -> !term.values().contains(name);
      case "DoesNotExist" -> name.isEmpty();
      default -> !name.isEmpty();
    };
  }

  /** What a quota bounds and a pod's containers do not state, as {@code cpu for: a,b; memory…}. */
  public static String unstated(ResourceQuotaSpec quota, Pod pod) {
    PodSpec spec = Objects.requireNonNullElse(pod.spec(), PodSpec.EMPTY);
    List<String> missing = new ArrayList<>();
    for (String name : new TreeSet<>(quota.hard().keySet())) {
      if (!MUST_STATE.contains(name)) {
        continue;
      }
      boolean limit = name.startsWith("limits.");
      String resource = name.substring(name.indexOf('.') + 1);
      List<String> containers =
          spec.containers().stream()
              .filter(c -> !stated(c, limit).containsKey(resource))
              .map(Container::name)
              .map(String::valueOf)
              .toList();
      if (!containers.isEmpty()) {
        missing.add(name + " for: " + String.join(",", containers));
      }
    }
    return String.join("; ", missing);
  }

  private static Map<String, Quantity> stated(Container container, boolean limits) {
    ResourceRequirements resources =
        Objects.requireNonNullElse(container.resources(), ResourceRequirements.EMPTY);
    return limits ? resources.limits() : resources.requests();
  }
}

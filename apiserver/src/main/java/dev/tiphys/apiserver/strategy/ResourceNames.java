package dev.tiphys.apiserver.strategy;

import dev.tiphys.api.names.LabelNames;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.api.value.Quantity;
import java.math.BigDecimal;
import java.util.List;
import java.util.Set;

/** Names of what can be requested, limited and counted, and how much of it. Pure. */
public final class ResourceNames {

  private static final String HUGE = "hugepages-";
  private static final Set<String> OF_CONTAINERS = Set.of("cpu", "memory", "ephemeral-storage");
  private static final Set<String> COUNTED =
      Set.of(
          "pods",
          "resourcequotas",
          "services",
          "replicationcontrollers",
          "secrets",
          "configmaps",
          "persistentvolumeclaims",
          "services.nodeports",
          "services.loadbalancers");
  private static final Set<String> SUMMED =
      Set.of(
          "requests.cpu",
          "requests.memory",
          "requests.storage",
          "requests.ephemeral-storage",
          "limits.cpu",
          "limits.memory",
          "limits.ephemeral-storage");
  private static final Set<String> COMPUTED =
      Set.of("cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory");

  private ResourceNames() {}

  /** What any limit may name. */
  public static void check(String name, Path path, FieldErrors errors) {
    errors.invalid(path, name, LabelNames.key(name));
    if (!name.contains("/") && !isOfContainers(name) && !isOfQuotas(name)) {
      if (!name.equals("storage")) {
        errors.invalid(path, name, "must be a standard resource type or fully qualified");
      }
    }
  }

  /** What containers can ask for. */
  public static void checkOfContainers(String name, Path path, FieldErrors errors) {
    if (name.contains("/")) {
      errors.invalid(path, name, LabelNames.key(name));
      if (!isNative(name) && !isExtended(name)) {
        errors.invalid(path, name, "doesn't follow extended resource name standard");
      }
      return;
    }
    check(name, path, errors);
    if (!isOfContainers(name)) {
      errors.invalid(path, name, "must be a standard resource for containers");
    }
  }

  /** What a quota can bound. */
  public static void checkOfQuotas(String name, Path path, FieldErrors errors) {
    errors.invalid(path, name, LabelNames.key(name));
    if (!name.contains("/") && !isOfQuotas(name)) {
      errors.invalid(path, name, "must be a standard resource for quota");
    }
  }

  /** How much of a resource there can be: not less than nothing, and no half pods. */
  public static void checkAmount(String name, Quantity amount, Path path, FieldErrors errors) {
    if (amount.signum() < 0) {
      errors.invalid(path, amount.toString(), FieldError.NEGATIVE);
    }
    boolean whole = COUNTED.contains(name) || isExtended(name);
    if (whole && amount.amount().remainder(BigDecimal.ONE).signum() != 0) {
      errors.invalid(path, amount, "must be an integer");
    }
  }

  /** Whether nodes may promise more of a resource than they have. */
  public static boolean isOvercommitted(String name) {
    return isNative(name) && !name.startsWith(HUGE);
  }

  /** Whether a quota's name is of those that the system itself counts. */
  public static boolean isOfQuotas(String name) {
    return OF_CONTAINERS.contains(name)
        || COUNTED.contains(name)
        || SUMMED.contains(name)
        || name.startsWith(HUGE)
        || name.startsWith("requests." + HUGE);
  }

  /** Whether a quota for some objects only can bound a resource. */
  public static boolean fitsScope(String name, String scope) {
    return switch (scope) {
      case "BestEffort" -> name.equals("pods");
      case "VolumeAttributesClass" ->
          List.of("persistentvolumeclaims", "requests.storage").contains(name);
      case "Terminating",
          "NotTerminating",
          "NotBestEffort",
          "PriorityClass",
          "CrossNamespacePodAffinity" ->
          name.equals("pods") || COMPUTED.contains(name);
      default -> true;
    };
  }

  /** Whether every container can ask for a resource, whatever node it runs on. */
  public static boolean isOfContainers(String name) {
    return OF_CONTAINERS.contains(name) || name.startsWith(HUGE);
  }

  private static boolean isNative(String name) {
    return !name.contains("/") || name.contains("kubernetes.io/");
  }

  /** Whether a name is of something that others than the system offer: devices, licences. */
  public static boolean isExtended(String name) {
    return !isNative(name)
        && !name.startsWith("requests.")
        && LabelNames.key("requests." + name).isEmpty();
  }
}

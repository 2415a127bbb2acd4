package dev.tiphys.apiserver.strategy.workload;

import dev.tiphys.api.core.v1.ObjectFieldSelector;
import dev.tiphys.api.core.v1.ResourceFieldSelector;
import dev.tiphys.api.names.LabelNames;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.api.value.Quantity;
import dev.tiphys.apiserver.strategy.Checks;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a container may be told of its own pod: some fields, and amounts of resources. Pure. */
final class DownwardFields {

  /** The fields that an environment variable can take its value from. */
  static final List<String> IN_ENVIRONMENT =
      List.of(
          "metadata.name",
          "metadata.namespace",
          "metadata.uid",
          "spec.nodeName",
          "spec.serviceAccountName",
          "status.hostIP",
          "status.hostIPs",
          "status.podIP",
          "status.podIPs");

  /** The fields that can be written to a file. */
  static final List<String> IN_FILES =
      List.of(
          "metadata.annotations",
          "metadata.labels",
          "metadata.name",
          "metadata.namespace",
          "metadata.uid");

  /** Fields that a path can name at all, whether they may be told or not. */
  private static final Set<String> NAMEABLE =
      Set.of(
          "metadata.annotations",
          "metadata.labels",
          "metadata.name",
          "metadata.namespace",
          "metadata.uid",
          "spec.host",
          "spec.nodeName",
          "spec.restartPolicy",
          "spec.schedulerName",
          "spec.serviceAccountName",
          "status.hostIP",
          "status.hostIPs",
          "status.phase",
          "status.podIP",
          "status.podIPs");

  private static final List<String> AMOUNTS =
      List.of(
          "limits.cpu",
          "limits.ephemeral-storage",
          "limits.memory",
          "requests.cpu",
          "requests.ephemeral-storage",
          "requests.memory");
  private static final Set<String> CPU_DIVISORS = Set.of("1m", "1");
  private static final List<String> BYTE_DIVISORS =
      List.of("1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei");

  private DownwardFields() {}

  /**
   * Checks which field of its pod is told.
   *
   * @param allowed the fields that may be told here, sorted
   */
  static void checkField(
      ObjectFieldSelector selector, List<String> allowed, Path path, FieldErrors errors) {
    Path at = path.child("fieldPath");
    if (!Checks.present(selector.apiVersion(), path.child("apiVersion"), errors)
        || !Checks.present(selector.fieldPath(), at, errors)) {
      return;
    }
    String text = String.valueOf(selector.fieldPath());
    int bracket = text.indexOf("['");
    boolean subscripted = bracket > 0 && text.endsWith("']");
    String field = subscripted ? text.substring(0, bracket) : text;
    if (!"v1".equals(selector.apiVersion())) {
      errors.invalid(
          at,
          text,
          "error converting fieldPath: unsupported pod version: " + selector.apiVersion());
    } else if (subscripted && !field.matches("metadata\\.(annotations|labels)")) {
      errors.invalid(
          at, text, "error converting fieldPath: field label does not support subscript: " + text);
    } else if (subscripted) {
      String key = text.substring(bracket + 2, text.length() - 2);
      String spelled = field.equals("metadata.annotations") ? key.toLowerCase(Locale.ROOT) : key;
      errors.invalid(path, spelled, LabelNames.key(spelled));
    } else if (!NAMEABLE.contains(field)) {
      errors.invalid(at, text, "error converting fieldPath: field label not supported: " + text);
    } else if (!allowed.contains(field.equals("spec.host") ? "spec.nodeName" : field)) {
      errors.notSupported(at, field, allowed);
    }
  }

  /**
   * Checks which amount of which container is told.
   *
   * @param named whether the container must be named, as in files, which are no container's own
   */
  static void checkAmount(
      ResourceFieldSelector selector, boolean named, Path path, FieldErrors errors) {
    String resource = selector.resource() == null ? "" : selector.resource();
    boolean hugePages =
        resource.startsWith("limits.hugepages-") || resource.startsWith("requests.hugepages-");
    if (named && (selector.containerName() == null || selector.containerName().isEmpty())) {
      errors.required(path.child("containerName"), "");
    } else if (resource.isEmpty()) {
      errors.required(path.child("resource"), "");
    } else if (!AMOUNTS.contains(resource) && !hugePages) {
      errors.notSupported(path.child("resource"), resource, AMOUNTS);
    }
    checkDivisor(resource, hugePages, selector.divisor(), path.child("divisor"), errors);
  }

  private static void checkDivisor(
      String resource, boolean hugePages, @Nullable Quantity divisor, Path at, FieldErrors errors) {
    if (divisor == null || divisor.isZero()) {
      return;
    }
    String text = divisor.toString();
    if (resource.endsWith(".cpu")) {
      if (!CPU_DIVISORS.contains(text)) {
        errors.invalid(
            at, resource, "only divisor's values 1m and 1 are supported with the cpu resource");
      }
    } else if ((AMOUNTS.contains(resource) || hugePages) && !BYTE_DIVISORS.contains(text)) {
      String what =
          hugePages
              ? "hugepages"
              : resource.endsWith(".memory") ? "memory" : "local ephemeral storage";
      errors.invalid(
          at,
          resource,
          "only divisor's values "
              + String.join(", ", BYTE_DIVISORS)
              + " are supported with the "
              + what
              + " resource");
    }
  }
}

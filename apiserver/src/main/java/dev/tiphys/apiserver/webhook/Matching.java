package dev.tiphys.apiserver.webhook;

import dev.tiphys.api.Resources;
import dev.tiphys.api.admissionregistration.v1.RuleWithOperations;
import dev.tiphys.api.core.v1.Namespace;
import dev.tiphys.api.meta.v1.LabelSelector;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.selector.LabelSelectors;
import dev.tiphys.apiserver.admission.Admission;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.strategy.ClusterView;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Which requests rules and selectors mean. Thread-safe. */
public final class Matching {

  private final ClusterView view;

  /** Looks namespaces up in a view. */
  public Matching(ClusterView view) {
    this.view = view;
  }

  /**
   * Whether nobody may stand in the way of a request: without the means to remove a webhook or
   * policy that refuses everything, a cluster could not be mended.
   */
  public static boolean isExempt(Admission.Request request) {
    return request.type().group().equals("admissionregistration.k8s.io");
  }

  /** Whether a rule means a request. */
  public static boolean matches(RuleWithOperations rule, Admission.Request request) {
    return matches(
        rule.operations(),
        rule.apiGroups(),
        rule.apiVersions(),
        rule.resources(),
        rule.scope(),
        request);
  }

  /** Whether a rule, told in parts, means a request. */
  public static boolean matches(
      List<String> operations,
      List<String> groups,
      List<String> versions,
      List<String> resources,
      @Nullable String scope,
      Admission.Request request) {
    return has(operations, request.operation().name())
        && has(groups, request.type().group())
        && has(versions, request.type().version())
        && hasResource(resources, request.type().plural(), request.subresource())
        && inScope(scope, request);
  }

  private static boolean has(List<String> values, String value) {
    return values.contains("*") || values.contains(value);
  }

  private static boolean hasResource(List<String> resources, String plural, String subresource) {
    for (String resource : resources) {
      int slash = resource.indexOf('/');
      String wanted = slash < 0 ? resource : resource.substring(0, slash);
      String part = slash < 0 ? "" : resource.substring(slash + 1);
      boolean sameResource = wanted.equals("*") || wanted.equals(plural);
      if (sameResource && (part.equals("*") || part.equals(subresource))) {
        return true;
      }
    }
    return false;
  }

  private static boolean inScope(@Nullable String scope, Admission.Request request) {
    boolean namespaced = request.type().namespaced();
    return switch (scope) {
      case "Namespaced" -> namespaced;
      case "Cluster" -> !namespaced;
      case null, default -> true;
    };
  }

  /** Whether a selector means the old or the new object. */
  public static boolean matchesObject(
      @Nullable LabelSelector selector, @Nullable ApiObject object, @Nullable ApiObject old) {
    if (isEmpty(selector)) {
      return true;
    }
    var labels = LabelSelectors.of(Objects.requireNonNull(selector));
    return (object != null && labels.matches(object.metadata().labels()))
        || (old != null && labels.matches(old.metadata().labels()));
  }

  /** Whether a selector means the namespace that a request is in, or is about. */
  public boolean matchesNamespace(
      @Nullable LabelSelector selector,
      Admission.Request request,
      @Nullable ApiObject object,
      @Nullable ApiObject old) {
    if (isEmpty(selector)) {
      return true;
    }
    Map<String, String> labels;
    if (request.isAbout("", "namespaces")) {
      ApiObject namespace = object == null ? old : object;
      labels = namespace == null ? Map.of() : namespace.metadata().labels();
    } else if (request.namespace().isEmpty()) {
      return true;
    } else {
      labels = namespace(request).metadata().labels();
    }
    return LabelSelectors.of(Objects.requireNonNull(selector)).matches(labels);
  }

  /**
   * The namespace that a request is in.
   *
   * @throws ApiException 404 if there is none
   */
  public Namespace namespace(Admission.Request request) {
    Namespace found = view.get(Resources.NAMESPACES, "", request.namespace());
    if (found == null) {
      found = view.getFresh(Resources.NAMESPACES, "", request.namespace());
    }
    if (found == null) {
      throw ApiException.notFound("", "namespaces", request.namespace());
    }
    return found;
  }

  private static boolean isEmpty(@Nullable LabelSelector selector) {
    return selector == null
        || (selector.matchLabels().isEmpty() && selector.matchExpressions().isEmpty());
  }
}

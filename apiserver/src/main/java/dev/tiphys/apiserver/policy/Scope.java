package dev.tiphys.apiserver.policy;

import dev.tiphys.api.admission.v1.AdmissionRequest;
import dev.tiphys.api.admissionregistration.v1.MatchResources;
import dev.tiphys.api.admissionregistration.v1.NamedRuleWithOperations;
import dev.tiphys.api.admissionregistration.v1.ParamKind;
import dev.tiphys.api.core.v1.Namespace;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.admission.Admission.Request;
import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.cel.AdmissionCel;
import dev.tiphys.apiserver.cel.AdmissionFacts;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.webhook.Matching;
import dev.tiphys.apiserver.webhook.Reviews;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Which requests policies are for, and what they see of them. Thread-safe. */
final class Scope {

  private final Supplier<Endpoints> endpoints;
  private final Matching matching;
  private final AdmissionCel cel;

  Scope(Supplier<Endpoints> endpoints, Matching matching, AdmissionCel cel) {
    this.endpoints = endpoints;
    this.matching = matching;
    this.cel = cel;
  }

  /** Whether no policy is asked: of the server's own writes, and where a cluster is mended. */
  static boolean passes(Request request) {
    return request.user() == User.SELF || Matching.isExempt(request);
  }

  /** Whether a policy is for a request. */
  boolean concerns(
      Bound<?> bound, Request request, @Nullable ApiObject object, @Nullable ApiObject old) {
    return concerns(bound.constraints(), true, request, object, old)
        && concerns(bound.where(), false, request, object, old);
  }

  private boolean concerns(
      @Nullable MatchResources resources,
      boolean needsRule,
      Request request,
      @Nullable ApiObject object,
      @Nullable ApiObject old) {
    if (resources == null) {
      return !needsRule;
    }
    boolean named =
        (!needsRule && resources.resourceRules().isEmpty())
            || resources.resourceRules().stream().anyMatch(rule -> matches(rule, request));
    return named
        && resources.excludeResourceRules().stream().noneMatch(rule -> matches(rule, request))
        && Matching.matchesObject(resources.objectSelector(), object, old)
        && matching.matchesNamespace(resources.namespaceSelector(), request, object, old);
  }

  private static boolean matches(NamedRuleWithOperations rule, Request request) {
    return (rule.resourceNames().isEmpty() || rule.resourceNames().contains(request.name()))
        && Matching.matches(
            rule.operations(),
            rule.apiGroups(),
            rule.apiVersions(),
            rule.resources(),
            rule.scope(),
            request);
  }

  /**
   * The parameters that a policy is to be judged with, one after the other; null stands for none.
   *
   * @throws IllegalArgumentException if they cannot be found and that is denied
   */
  List<@Nullable ApiObject> params(Bound<?> bound, Request request) {
    ParamKind kind = bound.paramKind();
    if (kind == null) {
      List<@Nullable ApiObject> none = new ArrayList<>();
      none.add(null);
      return none;
    }
    return Params.find(endpoints.get(), kind, bound.paramRef(), request);
  }

  /** What expressions see. */
  AdmissionFacts facts(
      Request request,
      @Nullable ApiObject object,
      @Nullable ApiObject old,
      @Nullable ApiObject params) {
    AdmissionRequest asked = Reviews.request(request, object, old, "");
    Namespace namespace =
        request.namespace().isEmpty() || request.isAbout("", "namespaces")
            ? null
            : matching.namespace(request);
    return cel.facts(request.user(), asked, params, namespace);
  }
}

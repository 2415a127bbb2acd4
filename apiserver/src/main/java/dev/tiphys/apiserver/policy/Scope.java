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
import dev.tiphys.apiserver.webhook.Equivalents;
import dev.tiphys.apiserver.webhook.Equivalents.View;
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
  private final Equivalents equivalents;
  private final AdmissionCel cel;

  Scope(
      Supplier<Endpoints> endpoints, Matching matching, Equivalents equivalents, AdmissionCel cel) {
    this.endpoints = endpoints;
    this.matching = matching;
    this.equivalents = equivalents;
    this.cel = cel;
  }

  /** Whether no policy is asked: of the server's own writes, and where a cluster is mended. */
  static boolean passes(Request request) {
    return request.user() == User.SELF || Matching.isExempt(request);
  }

  /** The request as a policy wants to see it; null if the policy is not for it. */
  @Nullable View concerns(
      Bound<?> bound, Request request, @Nullable ApiObject object, @Nullable ApiObject old) {
    MatchResources constraints = bound.constraints();
    View view = constraints == null ? null : concerns(constraints, true, request, object, old);
    MatchResources where = bound.where();
    return view == null || where == null || concerns(where, false, request, object, old) != null
        ? view
        : null;
  }

  private @Nullable View concerns(
      MatchResources resources,
      boolean needsRule,
      Request request,
      @Nullable ApiObject object,
      @Nullable ApiObject old) {
    if (excluded(resources, request)
        || !Matching.matchesObject(resources.objectSelector(), object, old)
        || !matching.matchesNamespace(resources.namespaceSelector(), request, object, old)) {
      return null;
    }
    return !needsRule && resources.resourceRules().isEmpty()
        ? View.of(request)
        : equivalents.match(
            request, resources.matchPolicy(), as -> anyMatches(resources.resourceRules(), as));
  }

  private boolean excluded(MatchResources resources, Request request) {
    List<NamedRuleWithOperations> rules = resources.excludeResourceRules();
    return !rules.isEmpty()
        && equivalents.match(request, resources.matchPolicy(), as -> anyMatches(rules, as)) != null;
  }

  private static boolean anyMatches(List<NamedRuleWithOperations> rules, Request request) {
    return rules.stream().anyMatch(rule -> matches(rule, request));
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

  /** What expressions see; the objects are in the version that the policy wants to see. */
  AdmissionFacts facts(
      View view, @Nullable ApiObject object, @Nullable ApiObject old, @Nullable ApiObject params) {
    Request request = view.asked();
    AdmissionRequest asked = Reviews.request(view, object, old, "");
    Namespace namespace =
        request.namespace().isEmpty() || request.isAbout("", "namespaces")
            ? null
            : matching.namespace(request);
    return cel.facts(request.user(), asked, params, namespace);
  }
}

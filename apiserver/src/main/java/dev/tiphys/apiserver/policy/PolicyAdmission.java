package dev.tiphys.apiserver.policy;

import dev.tiphys.api.admission.v1.AdmissionRequest;
import dev.tiphys.api.admissionregistration.v1.MatchResources;
import dev.tiphys.api.admissionregistration.v1.NamedRuleWithOperations;
import dev.tiphys.api.admissionregistration.v1.ParamKind;
import dev.tiphys.api.admissionregistration.v1.Validation;
import dev.tiphys.api.core.v1.Namespace;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.admission.Admission;
import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.cel.AdmissionCel;
import dev.tiphys.apiserver.cel.AdmissionCel.FailedException;
import dev.tiphys.apiserver.cel.AdmissionCel.Result;
import dev.tiphys.apiserver.cel.AdmissionFacts;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.webhook.Matching;
import dev.tiphys.apiserver.webhook.Reviews;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Refuses what policies forbid. Thread-safe. */
final class PolicyAdmission implements Admission {

  private static final Logger log = LoggerFactory.getLogger(PolicyAdmission.class);

  private final Supplier<List<Bound>> policies;
  private final Supplier<Endpoints> endpoints;
  private final Matching matching;
  private final AdmissionCel cel;

  PolicyAdmission(
      Supplier<List<Bound>> policies,
      Supplier<Endpoints> endpoints,
      Matching matching,
      AdmissionCel cel) {
    this.policies = policies;
    this.endpoints = endpoints;
    this.matching = matching;
    this.cel = cel;
  }

  @Override
  public void validate(Request request, @Nullable ApiObject object, @Nullable ApiObject old) {
    if (request.user() == User.SELF || Matching.isExempt(request)) {
      return;
    }
    for (Bound bound : policies.get()) {
      if (concerns(bound.rules().matchConstraints(), true, request, object, old)
          && concerns(bound.where().matchResources(), false, request, object, old)) {
        judge(bound, request, object, old);
      }
    }
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

  private void judge(
      Bound bound, Request request, @Nullable ApiObject object, @Nullable ApiObject old) {
    AdmissionRequest asked = Reviews.request(request, object, old, "");
    Namespace namespace =
        request.namespace().isEmpty() || request.isAbout("", "namespaces")
            ? null
            : matching.namespace(request);
    try {
      ParamKind kind = bound.rules().paramKind();
      if (kind == null) {
        judge(bound, request, AdmissionFacts.of(asked, null, namespace));
        return;
      }
      for (ApiObject params :
          Params.find(endpoints.get(), kind, bound.where().paramRef(), request)) {
        judge(bound, request, AdmissionFacts.of(asked, params, namespace));
      }
    } catch (IllegalArgumentException e) {
      failed(bound, request, "failed to configure policy: " + e.getMessage());
    }
  }

  private void judge(Bound bound, Request request, AdmissionFacts plain) {
    try {
      if (!cel.conditionsHold(bound.rules().matchConditions(), plain)) {
        return;
      }
    } catch (FailedException e) {
      failed(bound, request, String.valueOf(e.getMessage()));
      return;
    }
    AdmissionFacts facts = cel.compose(bound.rules().variables(), plain);
    for (Validation validation : bound.rules().validations()) {
      String expression = String.valueOf(validation.expression());
      try {
        if (!cel.isTrue(expression, facts)) {
          act(bound, request, reasonOf(validation), message(validation, facts));
        }
      } catch (FailedException e) {
        failed(
            bound,
            request,
            "expression '" + expression.strip() + "' resulted in error: " + e.getMessage());
      }
    }
  }

  private String message(Validation validation, AdmissionFacts facts) {
    String expression = validation.messageExpression();
    if (expression != null && !expression.isEmpty()) {
      try {
        String made = String.valueOf(cel.evaluate(expression, Result.TEXT, facts)).strip();
        if (!made.isEmpty() && !made.contains("\n")) {
          return made;
        }
      } catch (FailedException e) {
        log.debug("event=message-expression-failed cause=\"{}\"", e.getMessage());
      }
    }
    String message = validation.message();
    return message == null || message.isBlank()
        ? "failed expression: " + String.valueOf(validation.expression()).strip()
        : message.strip();
  }

  private static ApiException.Reason reasonOf(Validation validation) {
    for (ApiException.Reason reason :
        List.of(
            ApiException.Reason.UNAUTHORIZED,
            ApiException.Reason.FORBIDDEN,
            ApiException.Reason.REQUEST_ENTITY_TOO_LARGE)) {
      if (reason.text().equals(validation.reason())) {
        return reason;
      }
    }
    return ApiException.Reason.INVALID;
  }

  /** Judging itself failed. */
  private static void failed(Bound bound, Request request, String why) {
    if ("Ignore".equals(bound.rules().failurePolicy())) {
      log.debug("event=policy-failed-open policy={} cause=\"{}\"", bound.policy(), why);
      return;
    }
    act(bound, request, ApiException.Reason.INVALID, why);
  }

  private static void act(
      Bound bound, Request request, ApiException.Reason reason, String message) {
    List<String> actions = bound.where().validationActions();
    if (actions.contains("Audit")) {
      log.info(
          "event=policy-violation policy={} binding={} resource={} name={} message=\"{}\"",
          bound.policy(),
          bound.binding(),
          request.type().plural(),
          request.name(),
          message);
    }
    String by = "'" + bound.policy() + "' with binding '" + bound.binding() + "'";
    if (actions.contains("Warn")) {
      request
          .warnings()
          .accept("Validation failed for ValidatingAdmissionPolicy " + by + ": " + message);
    }
    if (actions.contains("Deny")) {
      ApiException refused =
          ApiException.forbidden(
              request.type().group(),
              request.type().plural(),
              request.name(),
              "ValidatingAdmissionPolicy " + by + " denied request: " + message);
      ApiException.Details details = refused.details();
      throw new ApiException(
          reason,
          refused.text(),
          details == null
              ? null
              : new ApiException.Details(
                  details.name(),
                  details.group(),
                  details.kind(),
                  "",
                  List.of(
                      new ApiException.Cause(
                          "",
                          "ValidatingAdmissionPolicy " + by + " denied request: " + message,
                          "")),
                  0));
    }
  }
}

package dev.tiphys.apiserver.policy;

import dev.tiphys.api.admissionregistration.v1.AuditAnnotation;
import dev.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicySpec;
import dev.tiphys.api.admissionregistration.v1.Validation;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.admission.Admission;
import dev.tiphys.apiserver.cel.AdmissionCel;
import dev.tiphys.apiserver.cel.AdmissionCel.FailedException;
import dev.tiphys.apiserver.cel.AdmissionCel.Result;
import dev.tiphys.apiserver.cel.AdmissionFacts;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.webhook.Equivalents.View;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Refuses what policies forbid. Thread-safe. */
final class PolicyAdmission implements Admission {

  private static final Logger log = LoggerFactory.getLogger(PolicyAdmission.class);

  private static final String AUDIT_KEY = "validation.policy.admission.k8s.io/validation_failure";

  private final Supplier<List<Bound<ValidatingAdmissionPolicySpec>>> policies;
  private final Scope scope;
  private final AdmissionCel cel;

  PolicyAdmission(
      Supplier<List<Bound<ValidatingAdmissionPolicySpec>>> policies,
      Scope scope,
      AdmissionCel cel) {
    this.policies = policies;
    this.scope = scope;
    this.cel = cel;
  }

  @Override
  public void validate(Request request, @Nullable ApiObject object, @Nullable ApiObject old) {
    if (Scope.passes(request)) {
      return;
    }
    for (Bound<ValidatingAdmissionPolicySpec> bound : policies.get()) {
      View view = scope.concerns(bound, request, object, old);
      if (view != null) {
        judge(bound, view, view.there(object), view.there(old));
      }
    }
  }

  private void judge(
      Bound<ValidatingAdmissionPolicySpec> bound,
      View view,
      @Nullable ApiObject object,
      @Nullable ApiObject old) {
    Request request = view.asked();
    try {
      for (ApiObject params : scope.params(bound, request)) {
        judge(bound, request, scope.facts(view, object, old, params));
      }
    } catch (IllegalArgumentException e) {
      failed(bound, request, "failed to configure policy: " + e.getMessage());
    }
  }

  private void judge(
      Bound<ValidatingAdmissionPolicySpec> bound, Request request, AdmissionFacts plain) {
    try {
      if (!cel.conditionsHold(bound.rules().matchConditions(), plain)) {
        return;
      }
    } catch (FailedException e) {
      failed(bound, request, String.valueOf(e.getMessage()));
      return;
    }
    AdmissionFacts facts = cel.compose(bound.rules().variables(), plain);
    annotate(bound, request, facts);
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
  private static void failed(
      Bound<ValidatingAdmissionPolicySpec> bound, Request request, String why) {
    if ("Ignore".equals(bound.rules().failurePolicy())) {
      log.debug("event=policy-failed-open policy={} cause=\"{}\"", bound.policy(), why);
      return;
    }
    act(bound, request, ApiException.Reason.INVALID, why);
  }

  private static void act(
      Bound<ValidatingAdmissionPolicySpec> bound,
      Request request,
      ApiException.Reason reason,
      String message) {
    List<String> actions = bound.actions();
    if (actions.contains("Audit")) {
      request.annotations().accept(AUDIT_KEY, auditValue(bound, message));
    }
    String by = bound.name();
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

  /** A list of what failed, in JSON, as upstream's audit events have it. */
  private static String auditValue(Bound<ValidatingAdmissionPolicySpec> bound, String message) {
    Map<String, JsonTree> failure = new LinkedHashMap<>();
    failure.put("message", new JsonTree.Text(message));
    failure.put("policy", new JsonTree.Text(bound.policy()));
    failure.put("binding", new JsonTree.Text(bound.binding()));
    failure.put(
        "validationActions",
        new JsonTree.Arr(bound.actions().stream().<JsonTree>map(JsonTree.Text::new).toList()));
    return new JsonTree.Arr(List.of(new JsonTree.Obj(failure))).toJson();
  }

  /** What a policy has to say for the audit event, failures or not. */
  private void annotate(
      Bound<ValidatingAdmissionPolicySpec> bound, Request request, AdmissionFacts facts) {
    for (AuditAnnotation annotation : bound.rules().auditAnnotations()) {
      String expression = String.valueOf(annotation.valueExpression());
      try {
        if (cel.evaluate(expression, Result.TEXT_OR_NULL, facts) instanceof String value
            && !value.isBlank()) {
          request.annotations().accept(bound.policy() + "/" + annotation.key(), value.strip());
        }
      } catch (FailedException e) {
        failed(
            bound,
            request,
            "expression '" + expression.strip() + "' resulted in error: " + e.getMessage());
      }
    }
  }
}

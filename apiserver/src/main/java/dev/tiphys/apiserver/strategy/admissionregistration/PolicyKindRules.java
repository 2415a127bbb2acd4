package dev.tiphys.apiserver.strategy.admissionregistration;

import dev.tiphys.api.admissionregistration.v1.MatchResources;
import dev.tiphys.api.admissionregistration.v1.MutatingAdmissionPolicy;
import dev.tiphys.api.admissionregistration.v1.MutatingAdmissionPolicyBinding;
import dev.tiphys.api.admissionregistration.v1.MutatingAdmissionPolicyBindingSpec;
import dev.tiphys.api.admissionregistration.v1.MutatingAdmissionPolicySpec;
import dev.tiphys.api.admissionregistration.v1.NamedRuleWithOperations;
import dev.tiphys.api.admissionregistration.v1.ParamRef;
import dev.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicy;
import dev.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import dev.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec;
import dev.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicySpec;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rules of admission policies and their bindings; expressions are not compiled here. */
public final class PolicyKindRules {

  private static final Path SPEC = Path.of("spec");
  private static final List<String> FAILURE = List.of("Fail", "Ignore");

  private PolicyKindRules() {}

  /** The rules of ValidatingAdmissionPolicy. */
  public static Strategy<ValidatingAdmissionPolicy> validating() {
    return KindRules.<ValidatingAdmissionPolicy>builder()
        .validate((object, errors) -> {
          ValidatingAdmissionPolicySpec spec =
              Objects.requireNonNullElse(object.spec(), ValidatingAdmissionPolicySpec.EMPTY);
          Checks.oneOf(spec.failurePolicy(), FAILURE, SPEC.child("failurePolicy"), errors);
          matches(spec.matchConstraints(), SPEC.child("matchConstraints"), errors);
          WebhookRules.validateConditions(
              spec.matchConditions(), SPEC.child("matchConditions"), errors);
          if (spec.validations().isEmpty() && spec.auditAnnotations().isEmpty()) {
            errors.required(
                SPEC.child("validations"),
                "validations or auditAnnotations must contain at least one item");
          }
          for (int i = 0; i < spec.validations().size(); i++) {
            Path path = SPEC.child("validations").index(i);
            String expression = spec.validations().get(i).expression();
            if (expression == null || expression.isBlank()) {
              errors.required(path.child("expression"), "expression is not specified");
            }
          }
        })
        .build();
  }

  /** The rules of MutatingAdmissionPolicy. */
  public static Strategy<MutatingAdmissionPolicy> mutating() {
    return KindRules.<MutatingAdmissionPolicy>builder()
        .generations(true)
        .validate((object, errors) -> {
          MutatingAdmissionPolicySpec spec =
              Objects.requireNonNullElse(object.spec(), MutatingAdmissionPolicySpec.EMPTY);
          Checks.oneOf(spec.failurePolicy(), FAILURE, SPEC.child("failurePolicy"), errors);
          matches(spec.matchConstraints(), SPEC.child("matchConstraints"), errors);
          WebhookRules.validateConditions(
              spec.matchConditions(), SPEC.child("matchConditions"), errors);
          if (spec.mutations().isEmpty()) {
            errors.required(SPEC.child("mutations"), "mutations must contain at least one item");
          }
          for (int i = 0; i < spec.mutations().size(); i++) {
            Checks.requiredOneOf(
                spec.mutations().get(i).patchType(),
                List.of("ApplyConfiguration", "JSONPatch"),
                SPEC.child("mutations").index(i).child("patchType"),
                errors);
          }
          Path again = SPEC.child("reinvocationPolicy");
          Checks.requiredOneOf(
              spec.reinvocationPolicy(), List.of("IfNeeded", "Never"), again, errors);
        })
        .build();
  }

  private static void matches(@Nullable MatchResources match, Path path, FieldErrors errors) {
    if (match == null) {
      errors.required(path, "");
      return;
    }
    if (match.resourceRules().isEmpty()) {
      errors.required(path.child("resourceRules"), "");
    }
    Checks.selector(match.namespaceSelector(), path.child("namespaceSelector"), errors);
    Checks.selector(match.objectSelector(), path.child("objectSelector"), errors);
    Checks.oneOf(
        match.matchPolicy(), List.of("Equivalent", "Exact"), path.child("matchPolicy"), errors);
    for (int i = 0; i < match.resourceRules().size(); i++) {
      NamedRuleWithOperations rule = match.resourceRules().get(i);
      Path at = path.child("resourceRules").index(i);
      required(rule.operations(), at.child("operations"), errors);
      required(rule.apiGroups(), at.child("apiGroups"), errors);
      required(rule.apiVersions(), at.child("apiVersions"), errors);
      required(rule.resources(), at.child("resources"), errors);
    }
  }

  private static void required(List<String> values, Path path, FieldErrors errors) {
    if (values.isEmpty()) {
      errors.required(path, "");
    }
  }

  /** The rules of ValidatingAdmissionPolicyBinding. */
  public static Strategy<ValidatingAdmissionPolicyBinding> validatingBindings() {
    return KindRules.<ValidatingAdmissionPolicyBinding>builder()
        .generations(true)
        .validate((object, errors) -> {
          ValidatingAdmissionPolicyBindingSpec spec =
              Objects.requireNonNullElse(object.spec(), ValidatingAdmissionPolicyBindingSpec.EMPTY);
          Checks.subdomain(spec.policyName(), SPEC.child("policyName"), errors);
          parameters(spec.paramRef(), errors);
          List<String> actions = spec.validationActions();
          Path path = SPEC.child("validationActions");
          if (actions.isEmpty()) {
            errors.required(path, "");
          }
          for (int i = 0; i < actions.size(); i++) {
            Checks.oneOf(actions.get(i), List.of("Audit", "Deny", "Warn"), path.index(i), errors);
          }
          if (new HashSet<>(actions).size() < actions.size()) {
            errors.duplicate(path, actions);
          }
          if (actions.contains("Deny") && actions.contains("Warn")) {
            errors.invalid(
                path,
                actions,
                "must not contain both \"Deny\" and \"Warn\" (repeating the same validation failure"
                    + " information in the API response and headers serves no purpose)");
          }
        })
        .build();
  }

  /** The rules of MutatingAdmissionPolicyBinding. */
  public static Strategy<MutatingAdmissionPolicyBinding> mutatingBindings() {
    return KindRules.<MutatingAdmissionPolicyBinding>builder()
        .generations(true)
        .validate((object, errors) -> {
          MutatingAdmissionPolicyBindingSpec spec =
              Objects.requireNonNullElse(object.spec(), MutatingAdmissionPolicyBindingSpec.EMPTY);
          Checks.subdomain(spec.policyName(), SPEC.child("policyName"), errors);
          parameters(spec.paramRef(), errors);
        })
        .build();
  }

  private static void parameters(@Nullable ParamRef ref, FieldErrors errors) {
    if (ref == null) {
      return;
    }
    Path path = SPEC.child("paramRef");
    boolean named = ref.name() != null && !ref.name().isEmpty();
    if (named && ref.selector() != null) {
      errors.forbidden(path.child("name"), "name and selector are mutually exclusive");
    } else if (!named && ref.selector() == null) {
      errors.required(path, "one of name or selector must be specified");
    }
    Path action = path.child("parameterNotFoundAction");
    Checks.requiredOneOf(ref.parameterNotFoundAction(), List.of("Allow", "Deny"), action, errors);
  }
}

package dev.tiphys.apiserver.strategy.admissionregistration;

import dev.tiphys.api.admissionregistration.v1.AuditAnnotation;
import dev.tiphys.api.admissionregistration.v1.MatchCondition;
import dev.tiphys.api.admissionregistration.v1.MatchResources;
import dev.tiphys.api.admissionregistration.v1.MutatingAdmissionPolicy;
import dev.tiphys.api.admissionregistration.v1.MutatingAdmissionPolicySpec;
import dev.tiphys.api.admissionregistration.v1.Mutation;
import dev.tiphys.api.admissionregistration.v1.ParamKind;
import dev.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicy;
import dev.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicySpec;
import dev.tiphys.api.admissionregistration.v1.Validation;
import dev.tiphys.api.admissionregistration.v1.Variable;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.names.LabelNames;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.CelIdentifiers;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.ExpressionCheck;
import dev.tiphys.apiserver.strategy.ExpressionCheck.Use;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules of admission policies. */
public final class PolicyKindRules {

  private static final Path SPEC = Path.of("spec");
  private static final List<String> FAILURE = List.of("Fail", "Ignore");
  private static final List<String> REASONS =
      List.of("Forbidden", "Invalid", "RequestEntityTooLarge", "Unauthorized");
  private static final int MOST_ANNOTATIONS = 20;
  private static final int LONGEST_ANNOTATION = 5 * 1024;

  private final ExpressionCheck expressions;

  /** Rules that judge expressions by a check. */
  public PolicyKindRules(ExpressionCheck expressions) {
    this.expressions = expressions;
  }

  /** The rules of ValidatingAdmissionPolicy. */
  public Strategy<ValidatingAdmissionPolicy> validating() {
    return KindRules.<ValidatingAdmissionPolicy>builder()
        .defaults(object ->
            object.spec() == null
                ? object
                : object.withSpec(
                    object.spec().toBuilder()
                        .failurePolicy(
                            Objects.requireNonNullElse(object.spec().failurePolicy(), "Fail"))
                        .matchConstraints(MatchRules.fill(object.spec().matchConstraints()))
                        .build()))
        .validate((object, errors) ->
            validate(
                Objects.requireNonNullElse(object.spec(), ValidatingAdmissionPolicySpec.EMPTY),
                String.valueOf(object.metadata().name()),
                errors))
        .build();
  }

  private void validate(ValidatingAdmissionPolicySpec spec, String name, FieldErrors errors) {
    boolean params = spec.paramKind() != null;
    common(spec.failurePolicy(), spec.paramKind(), spec.matchConstraints(), errors);
    conditions(spec.matchConditions(), params, errors);
    variables(spec.variables(), params, errors);
    if (spec.validations().isEmpty() && spec.auditAnnotations().isEmpty()) {
      String one = "validations or auditAnnotations must contain at least one item";
      errors.required(SPEC.child("validations"), one);
      errors.required(SPEC.child("auditAnnotations"), one);
      return;
    }
    for (int i = 0; i < spec.validations().size(); i++) {
      validate(spec.validations().get(i), params, SPEC.child("validations").index(i), errors);
    }
    Path annotations = SPEC.child("auditAnnotations");
    if (spec.auditAnnotations().size() > MOST_ANNOTATIONS) {
      errors.invalid(
          annotations,
          spec.auditAnnotations(),
          "must not have more than " + MOST_ANNOTATIONS + " auditAnnotations");
    }
    Set<String> keys = new HashSet<>();
    for (int i = 0; i < spec.auditAnnotations().size(); i++) {
      AuditAnnotation annotation = spec.auditAnnotations().get(i);
      validate(annotation, name, params, annotations.index(i), errors);
      if (!keys.add(String.valueOf(annotation.key()))) {
        errors.duplicate(annotations.index(i).child("key"), annotation.key());
      }
    }
  }

  private static void common(
      @Nullable String failure,
      @Nullable ParamKind params,
      @Nullable MatchResources match,
      FieldErrors errors) {
    Checks.requiredOneOf(failure, FAILURE, SPEC.child("failurePolicy"), errors);
    if (params != null) {
      validate(params, SPEC.child("paramKind"), errors);
    }
    Path path = SPEC.child("matchConstraints");
    if (match == null) {
      errors.required(path, "");
      return;
    }
    MatchRules.match(match, path, errors);
    if (match.resourceRules().isEmpty()) {
      errors.required(path.child("resourceRules"), "");
    }
  }

  private static void validate(ParamKind kind, Path path, FieldErrors errors) {
    String version = kind.apiVersion() == null ? "" : kind.apiVersion();
    Path at = path.child("apiVersion");
    String[] parts = version.split("/", -1);
    if (version.isEmpty()) {
      errors.required(at, "");
    } else if (parts.length > 2) {
      errors.invalid(at, version, "unexpected GroupVersion string: " + version);
    } else {
      String group = parts.length == 2 ? parts[0] : "";
      if (!group.isEmpty() && !DnsNames.subdomain(group).isEmpty()) {
        errors.invalid(at, group, String.join(",", DnsNames.subdomain(group)));
      }
      String last = parts[parts.length - 1];
      if (last.isEmpty()) {
        errors.invalid(at, version, "version must be specified");
      } else if (!DnsNames.rfc1035Label(last).isEmpty()) {
        errors.invalid(at, last, String.join(",", DnsNames.rfc1035Label(last)));
      }
    }
    if (Checks.present(kind.kind(), path.child("kind"), errors)) {
      String name = String.valueOf(kind.kind());
      List<String> faults = DnsNames.rfc1035Label(name.toLowerCase(Locale.ROOT));
      if (!faults.isEmpty()) {
        errors.invalid(
            path.child("kind"),
            name,
            "may have mixed case, but should otherwise match: " + String.join(",", faults));
      }
    }
  }

  private void conditions(List<MatchCondition> conditions, boolean params, FieldErrors errors) {
    WebhookRules.validateConditions(
        conditions, Use.POLICY, params, expressions, SPEC.child("matchConditions"), errors);
  }

  private void variables(List<Variable> variables, boolean params, FieldErrors errors) {
    for (int i = 0; i < variables.size(); i++) {
      Path path = SPEC.child("variables").index(i);
      Variable variable = variables.get(i);
      String name = variable.name() == null ? "" : variable.name().strip();
      if (name.isEmpty()) {
        errors.required(path.child("name"), "name is not specified");
      } else if (!CelIdentifiers.isIdentifier(name)) {
        errors.invalid(path.child("name"), name, "must be a valid CEL identifier");
      }
      expression(variable.expression(), Use.VARIABLE, params, path.child("expression"), errors);
    }
  }

  /** An expression that must be there. */
  private void expression(
      @Nullable String text, Use use, boolean params, Path path, FieldErrors errors) {
    if (text == null || text.isBlank()) {
      errors.required(path, "expression is not specified");
    } else {
      compiled(text, use, params, path, errors);
    }
  }

  private void compiled(String text, Use use, boolean params, Path path, FieldErrors errors) {
    String fault = expressions.fault(text, use, params);
    if (fault != null) {
      errors.invalid(path, text, fault);
    }
  }

  private void validate(Validation validation, boolean params, Path path, FieldErrors errors) {
    expression(validation.expression(), Use.POLICY, params, path.child("expression"), errors);
    String empty = "must be non-empty if specified";
    String said = validation.messageExpression() == null ? "" : validation.messageExpression();
    if (!said.isEmpty() && said.isBlank()) {
      errors.invalid(path.child("messageExpression"), said, empty);
    } else if (!said.isEmpty()) {
      compiled(said, Use.MESSAGE, params, path.child("messageExpression"), errors);
    }
    String message = validation.message() == null ? "" : validation.message();
    if (!message.isEmpty() && message.isBlank()) {
      errors.invalid(path.child("message"), message, empty);
    } else if (message.strip().contains("\n") || message.strip().contains("\r")) {
      errors.invalid(path.child("message"), message, "must not contain line breaks");
    }
    Checks.oneOf(validation.reason(), REASONS, path.child("reason"), errors);
  }

  private void validate(
      AuditAnnotation annotation, String name, boolean params, Path path, FieldErrors errors) {
    String key = name + "/" + (annotation.key() == null ? "" : annotation.key());
    errors.invalid(path.child("key"), key, LabelNames.key(key));
    Path at = path.child("valueExpression");
    String text = annotation.valueExpression() == null ? "" : annotation.valueExpression().strip();
    if (text.isEmpty()) {
      errors.required(at, "valueExpression is not specified");
    } else if (text.length() > LONGEST_ANNOTATION) {
      errors.required(at, "must not exceed " + LONGEST_ANNOTATION + " bytes in length");
    } else {
      compiled(text, Use.ANNOTATION, params, at, errors);
    }
  }

  /** The rules of MutatingAdmissionPolicy. */
  public Strategy<MutatingAdmissionPolicy> mutating() {
    return KindRules.<MutatingAdmissionPolicy>builder()
        .defaults(object ->
            object.spec() == null
                ? object
                : object.withSpec(
                    object.spec().toBuilder()
                        .failurePolicy(
                            Objects.requireNonNullElse(object.spec().failurePolicy(), "Fail"))
                        .matchConstraints(MatchRules.fill(object.spec().matchConstraints()))
                        .build()))
        .generations(true)
        .validate((object, errors) ->
            validate(
                Objects.requireNonNullElse(object.spec(), MutatingAdmissionPolicySpec.EMPTY),
                errors))
        .build();
  }

  private void validate(MutatingAdmissionPolicySpec spec, FieldErrors errors) {
    boolean params = spec.paramKind() != null;
    common(spec.failurePolicy(), spec.paramKind(), spec.matchConstraints(), errors);
    MatchRules.onlyChanging(spec.matchConstraints(), SPEC.child("matchConstraints"), errors);
    conditions(spec.matchConditions(), params, errors);
    variables(spec.variables(), params, errors);
    if (spec.mutations().isEmpty()) {
      errors.required(SPEC.child("mutations"), "mutations must contain at least one item");
    }
    for (int i = 0; i < spec.mutations().size(); i++) {
      validate(spec.mutations().get(i), params, SPEC.child("mutations").index(i), errors);
    }
    Checks.requiredOneOf(
        spec.reinvocationPolicy(),
        List.of("IfNeeded", "Never"),
        SPEC.child("reinvocationPolicy"),
        errors);
  }

  private void validate(Mutation mutation, boolean params, Path path, FieldErrors errors) {
    String type = mutation.patchType();
    if (!Checks.present(type, path.child("patchType"), errors)) {
      return;
    }
    var apply = mutation.applyConfiguration();
    var patch = mutation.jsonPatch();
    switch (String.valueOf(type)) {
      case "JSONPatch" -> {
        validate(
            patch == null,
            patch == null ? null : patch.expression(),
            params,
            path.child("jsonPatch"),
            "JSONPatch",
            errors);
        if (apply != null) {
          errors.invalid(
              path.child("applyConfiguration"),
              "{applyConfiguration}",
              "must not be specified when patchType is JSONPatch");
        }
      }
      case "ApplyConfiguration" -> {
        validate(
            apply == null,
            apply == null ? null : apply.expression(),
            params,
            path.child("applyConfiguration"),
            "ApplyConfiguration",
            errors);
        if (patch != null) {
          errors.invalid(
              path.child("jsonPatch"),
              "{jsonPatch}",
              "must not be specified when patchType is ApplyConfiguration");
        }
      }
      default ->
          errors.notSupported(
              path.child("patchType"), type, List.of("ApplyConfiguration", "JSONPatch"));
    }
  }

  private void validate(
      boolean absent,
      @Nullable String expression,
      boolean params,
      Path path,
      String type,
      FieldErrors errors) {
    if (absent) {
      errors.required(path, "must be specified when patchType is " + type);
    } else if (expression == null || expression.isBlank()) {
      errors.required(path.child("expression"), "");
    } else {
      compiled(expression.strip(), Use.MUTATION, params, path.child("expression"), errors);
    }
  }
}

package dev.tiphys.apiserver.strategy.admissionregistration;

import dev.tiphys.api.admissionregistration.v1.MutatingAdmissionPolicyBinding;
import dev.tiphys.api.admissionregistration.v1.MutatingAdmissionPolicyBindingSpec;
import dev.tiphys.api.admissionregistration.v1.ParamRef;
import dev.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import dev.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.PathNames;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules of what binds admission policies to requests. */
public final class BindingRules {

  private static final Path SPEC = Path.of("spec");

  private BindingRules() {}

  /** The rules of ValidatingAdmissionPolicyBinding. */
  public static Strategy<ValidatingAdmissionPolicyBinding> validating() {
    return KindRules.<ValidatingAdmissionPolicyBinding>builder()
        .defaults(object ->
            object.spec() == null
                ? object
                : object.withSpec(
                    object
                        .spec()
                        .withMatchResources(MatchRules.fill(object.spec().matchResources()))))
        .generations(true)
        .validate((object, errors) -> {
          ValidatingAdmissionPolicyBindingSpec spec =
              Objects.requireNonNullElse(object.spec(), ValidatingAdmissionPolicyBindingSpec.EMPTY);
          Checks.subdomain(spec.policyName(), SPEC.child("policyName"), errors);
          parameters(spec.paramRef(), errors);
          MatchRules.match(spec.matchResources(), SPEC.child("matchResources"), errors);
          actions(spec.validationActions(), SPEC.child("validationActions"), errors);
        })
        .build();
  }

  private static void actions(List<String> actions, Path path, FieldErrors errors) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < actions.size(); i++) {
      Checks.oneOf(actions.get(i), List.of("Audit", "Deny", "Warn"), path.index(i), errors);
      if (!seen.add(actions.get(i))) {
        errors.duplicate(path.index(i), actions.get(i));
      }
    }
    if (seen.contains("Deny") && seen.contains("Warn")) {
      errors.invalid(
          path,
          actions,
          "must not contain both Deny and Warn (repeating the same validation failure information"
              + " in the API response and headers serves no purpose)");
    }
    if (actions.isEmpty()) {
      errors.required(path, "at least one validation action is required");
    }
  }

  /** The rules of MutatingAdmissionPolicyBinding. */
  public static Strategy<MutatingAdmissionPolicyBinding> mutating() {
    return KindRules.<MutatingAdmissionPolicyBinding>builder()
        .defaults(object ->
            object.spec() == null
                ? object
                : object.withSpec(
                    object
                        .spec()
                        .withMatchResources(MatchRules.fill(object.spec().matchResources()))))
        .generations(true)
        .validate((object, errors) -> {
          MutatingAdmissionPolicyBindingSpec spec =
              Objects.requireNonNullElse(object.spec(), MutatingAdmissionPolicyBindingSpec.EMPTY);
          Checks.subdomain(spec.policyName(), SPEC.child("policyName"), errors);
          parameters(spec.paramRef(), errors);
          MatchRules.match(spec.matchResources(), SPEC.child("matchResources"), errors);
          MatchRules.onlyChanging(spec.matchResources(), SPEC.child("matchResources"), errors);
        })
        .build();
  }

  private static void parameters(@Nullable ParamRef ref, FieldErrors errors) {
    if (ref == null) {
      return;
    }
    Path path = SPEC.child("paramRef");
    String name = ref.name() == null ? "" : ref.name();
    String both = "name and selector are mutually exclusive";
    if (!name.isEmpty()) {
      errors.invalid(path.child("name"), name, PathNames.faults(name));
      if (ref.selector() != null) {
        errors.forbidden(path.child("name"), both);
      }
    }
    Checks.selector(ref.selector(), path.child("selector"), errors);
    if (ref.selector() != null && !name.isEmpty()) {
      errors.forbidden(path.child("selector"), both);
    } else if (ref.selector() == null && name.isEmpty()) {
      errors.required(path, "one of name or selector must be specified");
    }
    Path action = path.child("parameterNotFoundAction");
    Checks.requiredOneOf(ref.parameterNotFoundAction(), List.of("Deny", "Allow"), action, errors);
  }
}

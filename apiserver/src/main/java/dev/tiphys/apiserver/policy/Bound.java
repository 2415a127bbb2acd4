package dev.tiphys.apiserver.policy;

import dev.tiphys.api.admissionregistration.v1.MatchResources;
import dev.tiphys.api.admissionregistration.v1.MutatingAdmissionPolicy;
import dev.tiphys.api.admissionregistration.v1.MutatingAdmissionPolicyBinding;
import dev.tiphys.api.admissionregistration.v1.MutatingAdmissionPolicyBindingSpec;
import dev.tiphys.api.admissionregistration.v1.MutatingAdmissionPolicySpec;
import dev.tiphys.api.admissionregistration.v1.ParamKind;
import dev.tiphys.api.admissionregistration.v1.ParamRef;
import dev.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicy;
import dev.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import dev.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec;
import dev.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicySpec;
import dev.tiphys.api.schema.ApiObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A policy where a binding says that it counts.
 *
 * @param rules the policy's spec
 * @param constraints which requests the policy is for
 * @param paramKind of its parameters, or null
 * @param where further which requests, as the binding says; null for all
 * @param paramRef which parameters, or null
 * @param actions what follows; empty of policies that change
 * @param <R> of what kind the policy is
 */
record Bound<R>(
    String policy,
    R rules,
    @Nullable MatchResources constraints,
    @Nullable ParamKind paramKind,
    String binding,
    @Nullable MatchResources where,
    @Nullable ParamRef paramRef,
    List<String> actions) {

  /** As messages name it. */
  String name() {
    return "'" + policy + "' with binding '" + binding + "'";
  }

  /** What both kinds of bindings say. */
  private record Binding(
      String name,
      @Nullable String policy,
      @Nullable MatchResources where,
      @Nullable ParamRef params,
      List<String> actions) {}

  /** Pairs policies that judge with their bindings, by the policies' names. */
  static List<Bound<ValidatingAdmissionPolicySpec>> validating(
      List<ValidatingAdmissionPolicy> policies, List<ValidatingAdmissionPolicyBinding> bindings) {
    return pairs(
        byName(policies, ValidatingAdmissionPolicy::spec),
        ValidatingAdmissionPolicySpec::matchConstraints,
        ValidatingAdmissionPolicySpec::paramKind,
        bindings.stream().map(Bound::binding).toList());
  }

  private static Binding binding(ValidatingAdmissionPolicyBinding object) {
    var spec =
        Objects.requireNonNullElse(object.spec(), ValidatingAdmissionPolicyBindingSpec.EMPTY);
    return new Binding(
        String.valueOf(object.metadata().name()),
        spec.policyName(),
        spec.matchResources(),
        spec.paramRef(),
        spec.validationActions());
  }

  /** Pairs policies that change with their bindings, by the policies' names. */
  static List<Bound<MutatingAdmissionPolicySpec>> mutating(
      List<MutatingAdmissionPolicy> policies, List<MutatingAdmissionPolicyBinding> bindings) {
    return pairs(
        byName(policies, MutatingAdmissionPolicy::spec),
        MutatingAdmissionPolicySpec::matchConstraints,
        MutatingAdmissionPolicySpec::paramKind,
        bindings.stream().map(Bound::binding).toList());
  }

  private static Binding binding(MutatingAdmissionPolicyBinding object) {
    var spec = Objects.requireNonNullElse(object.spec(), MutatingAdmissionPolicyBindingSpec.EMPTY);
    return new Binding(
        String.valueOf(object.metadata().name()),
        spec.policyName(),
        spec.matchResources(),
        spec.paramRef(),
        List.of());
  }

  private static <P extends ApiObject, R> Map<String, R> byName(
      List<P> policies, Function<P, @Nullable R> spec) {
    Map<String, R> specs = new HashMap<>();
    for (P policy : policies) {
      R rules = spec.apply(policy);
      if (rules != null) {
        specs.put(String.valueOf(policy.metadata().name()), rules);
      }
    }
    return specs;
  }

  private static <R> List<Bound<R>> pairs(
      Map<String, R> policies,
      Function<R, @Nullable MatchResources> constraints,
      Function<R, @Nullable ParamKind> paramKind,
      List<Binding> bindings) {
    List<Bound<R>> all = new ArrayList<>();
    for (Binding binding : bindings) {
      R rules = policies.get(String.valueOf(binding.policy()));
      if (rules != null) {
        all.add(
            new Bound<>(
                String.valueOf(binding.policy()),
                rules,
                constraints.apply(rules),
                paramKind.apply(rules),
                binding.name(),
                binding.where(),
                binding.params(),
                binding.actions()));
      }
    }
    all.sort(Comparator.<Bound<R>, String>comparing(Bound::policy).thenComparing(Bound::binding));
    return List.copyOf(all);
  }
}

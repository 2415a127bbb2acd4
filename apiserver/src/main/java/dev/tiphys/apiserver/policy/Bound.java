package dev.tiphys.apiserver.policy;

import dev.tiphys.api.admissionregistration.v1.MatchResources;
import dev.tiphys.api.admissionregistration.v1.MutatingAdmissionPolicy;
import dev.tiphys.api.admissionregistration.v1.MutatingAdmissionPolicyBinding;
import dev.tiphys.api.admissionregistration.v1.MutatingAdmissionPolicySpec;
import dev.tiphys.api.admissionregistration.v1.ParamKind;
import dev.tiphys.api.admissionregistration.v1.ParamRef;
import dev.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicy;
import dev.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import dev.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicySpec;
import dev.tiphys.api.schema.ApiObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

  /** Pairs policies that judge with their bindings, by the policies' names. */
  static List<Bound<ValidatingAdmissionPolicySpec>> validating(
      List<ValidatingAdmissionPolicy> policies, List<ValidatingAdmissionPolicyBinding> bindings) {
    var specs = byName(policies, ValidatingAdmissionPolicy::spec);
    List<Bound<ValidatingAdmissionPolicySpec>> all = new ArrayList<>();
    for (ValidatingAdmissionPolicyBinding binding : bindings) {
      var where = binding.spec();
      var rules = where == null ? null : specs.get(String.valueOf(where.policyName()));
      if (where != null && rules != null) {
        all.add(
            new Bound<>(
                String.valueOf(where.policyName()),
                rules,
                rules.matchConstraints(),
                rules.paramKind(),
                String.valueOf(binding.metadata().name()),
                where.matchResources(),
                where.paramRef(),
                where.validationActions()));
      }
    }
    return sorted(all);
  }

  /** Pairs policies that change with their bindings, by the policies' names. */
  static List<Bound<MutatingAdmissionPolicySpec>> mutating(
      List<MutatingAdmissionPolicy> policies, List<MutatingAdmissionPolicyBinding> bindings) {
    var specs = byName(policies, MutatingAdmissionPolicy::spec);
    List<Bound<MutatingAdmissionPolicySpec>> all = new ArrayList<>();
    for (MutatingAdmissionPolicyBinding binding : bindings) {
      var where = binding.spec();
      var rules = where == null ? null : specs.get(String.valueOf(where.policyName()));
      if (where != null && rules != null) {
        all.add(
            new Bound<>(
                String.valueOf(where.policyName()),
                rules,
                rules.matchConstraints(),
                rules.paramKind(),
                String.valueOf(binding.metadata().name()),
                where.matchResources(),
                where.paramRef(),
                List.of()));
      }
    }
    return sorted(all);
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

  private static <R> List<Bound<R>> sorted(List<Bound<R>> all) {
    all.sort(Comparator.<Bound<R>, String>comparing(Bound::policy).thenComparing(Bound::binding));
    return List.copyOf(all);
  }
}

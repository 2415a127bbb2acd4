package dev.tiphys.apiserver.policy;

import dev.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicy;
import dev.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import dev.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec;
import dev.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicySpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A policy where a binding says that it counts. */
record Bound(
    String policy,
    ValidatingAdmissionPolicySpec rules,
    String binding,
    ValidatingAdmissionPolicyBindingSpec where) {

  /** Pairs policies with their bindings, by the policies' names. */
  static List<Bound> of(
      List<ValidatingAdmissionPolicy> policies, List<ValidatingAdmissionPolicyBinding> bindings) {
    Map<String, ValidatingAdmissionPolicySpec> byName = new HashMap<>();
    for (ValidatingAdmissionPolicy policy : policies) {
      if (policy.spec() != null) {
        byName.put(String.valueOf(policy.metadata().name()), policy.spec());
      }
    }
    List<Bound> all = new ArrayList<>();
    for (ValidatingAdmissionPolicyBinding binding : bindings) {
      ValidatingAdmissionPolicyBindingSpec where = binding.spec();
      String name = where == null ? "" : String.valueOf(where.policyName());
      ValidatingAdmissionPolicySpec rules = byName.get(name);
      if (where != null && rules != null) {
        all.add(new Bound(name, rules, String.valueOf(binding.metadata().name()), where));
      }
    }
    all.sort(Comparator.comparing(Bound::policy).thenComparing(Bound::binding));
    return List.copyOf(all);
  }
}

package dev.tiphys.apiserver.strategy.rbac;

import dev.tiphys.api.rbac.v1.ClusterRoleBinding;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.apiserver.strategy.PathNames;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.List;

/** The rules of ClusterRoleBinding. */
public final class ClusterRoleBindingStrategy implements Strategy<ClusterRoleBinding> {

  @Override
  public List<String> nameFaults(String name, boolean prefix) {
    return PathNames.faults(name);
  }

  @Override
  public ClusterRoleBinding withDefaults(ClusterRoleBinding binding) {
    return binding.toBuilder()
        .roleRef(BindingRules.withGroup(binding.roleRef()))
        .subjects(BindingRules.withGroups(binding.subjects()))
        .build();
  }

  @Override
  public void validate(ClusterRoleBinding binding, FieldErrors errors) {
    BindingRules.validate(
        binding.roleRef(), binding.subjects(), List.of("ClusterRole"), false, errors);
  }

  @Override
  public void validateUpdate(
      ClusterRoleBinding binding, ClusterRoleBinding old, FieldErrors errors) {
    validate(binding, errors);
    BindingRules.validateUpdate(binding.roleRef(), old.roleRef(), errors);
  }

  @Override
  public boolean createsOnUpdate() {
    return true;
  }
}

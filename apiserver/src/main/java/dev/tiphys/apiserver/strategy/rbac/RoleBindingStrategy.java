package dev.tiphys.apiserver.strategy.rbac;

import dev.tiphys.api.rbac.v1.RoleBinding;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.apiserver.strategy.PathNames;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.List;

/** The rules of RoleBinding. */
public final class RoleBindingStrategy implements Strategy<RoleBinding> {

  @Override
  public List<String> nameFaults(String name, boolean prefix) {
    return PathNames.faults(name);
  }

  @Override
  public RoleBinding withDefaults(RoleBinding binding) {
    return binding.toBuilder()
        .roleRef(BindingRules.withGroup(binding.roleRef()))
        .subjects(BindingRules.withGroups(binding.subjects()))
        .build();
  }

  @Override
  public void validate(RoleBinding binding, FieldErrors errors) {
    BindingRules.validate(
        binding.roleRef(), binding.subjects(), List.of("Role", "ClusterRole"), true, errors);
  }

  @Override
  public void validateUpdate(RoleBinding binding, RoleBinding old, FieldErrors errors) {
    validate(binding, errors);
    BindingRules.validateUpdate(binding.roleRef(), old.roleRef(), errors);
  }

  @Override
  public boolean createsOnUpdate() {
    return true;
  }
}

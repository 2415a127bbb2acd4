package dev.tiphys.apiserver.strategy.rbac;

import dev.tiphys.api.rbac.v1.ClusterRole;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.List;

/** The rules of ClusterRole. */
public final class ClusterRoleStrategy implements Strategy<ClusterRole> {

  @Override
  public List<String> nameFaults(String name, boolean prefix) {
    return RbacNames.faults(name);
  }

  @Override
  public void validate(ClusterRole role, FieldErrors errors) {
    RuleRules.validate(role.rules(), false, errors);
  }

  @Override
  public boolean createsOnUpdate() {
    return true;
  }
}

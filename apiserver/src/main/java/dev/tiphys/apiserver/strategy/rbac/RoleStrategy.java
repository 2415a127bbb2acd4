package dev.tiphys.apiserver.strategy.rbac;

import dev.tiphys.api.rbac.v1.Role;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.apiserver.strategy.PathNames;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.List;

/** The rules of Role. */
public final class RoleStrategy implements Strategy<Role> {

  @Override
  public List<String> nameFaults(String name, boolean prefix) {
    return PathNames.faults(name);
  }

  @Override
  public void validate(Role role, FieldErrors errors) {
    RuleRules.validate(role.rules(), true, errors);
  }

  @Override
  public boolean createsOnUpdate() {
    return true;
  }
}

package dev.tiphys.apiserver.strategy.rbac;

import dev.tiphys.api.meta.v1.LabelSelector;
import dev.tiphys.api.rbac.v1.ClusterRole;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.PathNames;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.List;

/** The rules of ClusterRole. */
public final class ClusterRoleStrategy implements Strategy<ClusterRole> {

  @Override
  public List<String> nameFaults(String name, boolean prefix) {
    return PathNames.faults(name);
  }

  @Override
  public void validate(ClusterRole role, FieldErrors errors) {
    RuleRules.validate(role.rules(), false, errors);
    if (role.aggregationRule() == null) {
      return;
    }
    Path path = Path.of("aggregationRule", "clusterRoleSelectors");
    List<LabelSelector> selectors = role.aggregationRule().clusterRoleSelectors();
    if (selectors.isEmpty()) {
      errors.required(
          path, "at least one clusterRoleSelector required if aggregationRule is non-nil");
    }
    for (int i = 0; i < selectors.size(); i++) {
      Checks.selector(selectors.get(i), path.index(i), errors);
    }
  }

  @Override
  public boolean createsOnUpdate() {
    return true;
  }
}

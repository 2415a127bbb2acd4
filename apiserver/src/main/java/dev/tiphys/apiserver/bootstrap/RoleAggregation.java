package dev.tiphys.apiserver.bootstrap;

import dev.tiphys.api.Resources;
import dev.tiphys.api.rbac.v1.ClusterRole;
import dev.tiphys.api.rbac.v1.PolicyRule;
import dev.tiphys.api.selector.LabelSelectors;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.resource.WriteContext;
import dev.tiphys.apiserver.strategy.ClusterView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Writes into aggregated cluster roles the rules of those that they are made of, where people look
 * for them. They hold without that: authorization puts them together itself.
 */
public final class RoleAggregation implements Bootstrap.Step {

  /** How many roles deep aggregation is followed in one run: view is in edit, edit in admin. */
  private static final int DEPTH = 8;

  private final Endpoints endpoints;
  private final ClusterView view;

  /** Reads roles in a view and writes them through the verbs. */
  public RoleAggregation(Endpoints endpoints, ClusterView view) {
    this.endpoints = endpoints;
    this.view = view;
  }

  @Override
  public String name() {
    return "rbac/cluster-role-aggregation";
  }

  @Override
  public void run() {
    for (ClusterRole role : changed(view.listFresh(Resources.CLUSTER_ROLES, ""))) {
      Ensure.present(
          endpoints.of(Resources.CLUSTER_ROLES),
          WriteContext.ofServer("clusterrole-aggregation-controller"),
          role,
          found -> found.aggregationRule() == null ? found : found.withRules(role.rules()));
    }
  }

  /** The roles that have other rules when all are put together. */
  static List<ClusterRole> changed(List<ClusterRole> roles) {
    List<ClusterRole> before = new ArrayList<>(roles);
    before.sort(Comparator.comparing(role -> String.valueOf(role.metadata().name())));
    List<ClusterRole> now = before;
    for (int round = 0; round < DEPTH; round++) {
      List<ClusterRole> last = now;
      now = last.stream().map(role -> aggregated(role, last)).toList();
      if (now.equals(last)) {
        break;
      }
    }
    List<ClusterRole> changed = new ArrayList<>(now);
    changed.removeAll(before);
    return changed;
  }

  private static ClusterRole aggregated(ClusterRole role, List<ClusterRole> all) {
    var aggregation = role.aggregationRule();
    if (aggregation == null) {
      return role;
    }
    Set<PolicyRule> rules = new LinkedHashSet<>();
    for (var selector : aggregation.clusterRoleSelectors()) {
      for (ClusterRole other : all) {
        if (other != role && LabelSelectors.of(selector).matches(other.metadata().labels())) {
          rules.addAll(other.rules());
        }
      }
    }
    return role.withRules(List.copyOf(rules));
  }
}

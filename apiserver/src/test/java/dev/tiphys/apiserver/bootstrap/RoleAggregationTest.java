package dev.tiphys.apiserver.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.rbac.v1.ClusterRole;
import dev.tiphys.api.rbac.v1.PolicyRule;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Aggregated roles show the rules of those that they are made of. */
class RoleAggregationTest {

  private static Map<String, List<PolicyRule>> rules(List<ClusterRole> roles) {
    return roles.stream()
        .collect(
            Collectors.toMap(role -> String.valueOf(role.metadata().name()), ClusterRole::rules));
  }

  @Test
  void rolesOfRolesHaveAllTheirRules() {
    List<ClusterRole> defaults = RoleLines.of(DefaultRoles.lines()).clusterRoles();
    Map<String, List<PolicyRule>> own = rules(defaults);

    Map<String, List<PolicyRule>> changed = rules(RoleAggregation.changed(defaults));

    assertThat(changed).containsOnlyKeys("admin", "edit", "view");
    assertThat(changed.get("view")).isEqualTo(own.get("system:aggregate-to-view"));
    assertThat(changed.get("edit"))
        .containsAll(own.get("system:aggregate-to-edit"))
        .containsAll(own.get("system:aggregate-to-view"))
        .doesNotContainAnyElementsOf(own.get("system:aggregate-to-admin"));
    assertThat(changed.get("admin"))
        .containsAll(own.get("system:aggregate-to-admin"))
        .containsAll(own.get("system:aggregate-to-view"));
  }

  @Test
  void whatIsPutTogetherStays() {
    List<ClusterRole> roles =
        RoleLines.of(List.of("role all from:x", "role one to:x", "  get  /a")).clusterRoles();
    List<ClusterRole> changed = RoleAggregation.changed(roles);

    assertThat(changed).hasSize(1);
    assertThat(RoleAggregation.changed(List.of(changed.getFirst(), roles.getLast()))).isEmpty();
  }
}

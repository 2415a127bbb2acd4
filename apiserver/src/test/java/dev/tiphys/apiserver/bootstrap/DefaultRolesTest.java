package dev.tiphys.apiserver.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.rbac.v1.ClusterRole;
import dev.tiphys.api.rbac.v1.ClusterRoleBinding;
import dev.tiphys.api.rbac.v1.PolicyRule;
import java.util.List;
import org.junit.jupiter.api.Test;

class DefaultRolesTest {
  private static final List<String> LINES =
      List.of(
          "role reader",
          "  get,list  core,apps  pods,deployments",
          "  get  /healthz,/version",
          "bind reader User:system:alice Group:readers");

  @Test
  void rulesNameResourcesOrPaths() {
    ClusterRole role = DefaultRoles.roles(LINES).getFirst();
    assertThat(role.metadata().name()).isEqualTo("reader");
    assertThat(role.rules())
        .containsExactly(
            PolicyRule.builder()
                .verbs(List.of("get", "list"))
                .apiGroups(List.of("", "apps"))
                .resources(List.of("pods", "deployments"))
                .build(),
            PolicyRule.builder()
                .verbs(List.of("get"))
                .nonResourceURLs(List.of("/healthz", "/version"))
                .build());
  }

  @Test
  void subjectsKeepTheColonsOfTheirNames() {
    ClusterRoleBinding binding = DefaultRoles.bindings(LINES).getFirst();
    assertThat(binding.subjects())
        .extracting(subject -> subject.kind() + "/" + subject.name())
        .containsExactly("User/system:alice", "Group/readers");
  }

  @Test
  void everyBindingNamesARoleThatIsThere() {
    List<String> lines = DefaultRoles.lines();
    var roles = DefaultRoles.roles(lines).stream().map(role -> role.metadata().name()).toList();
    assertThat(DefaultRoles.bindings(lines))
        .isNotEmpty()
        .allSatisfy(binding -> {
          assertThat(binding.roleRef()).isNotNull();
          assertThat(roles).contains(binding.metadata().name());
        });
  }

  @Test
  void everyRuleGrantsSomething() {
    assertThat(DefaultRoles.roles(DefaultRoles.lines()))
        .hasSizeGreaterThan(10)
        .allSatisfy(role ->
            assertThat(role.rules())
                .isNotEmpty()
                .allSatisfy(rule -> assertThat(rule.verbs()).isNotEmpty()));
  }
}

package dev.tiphys.apiserver.bootstrap;

import static java.util.Objects.requireNonNull;
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
    ClusterRole role = RoleLines.of(LINES).clusterRoles().getFirst();
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
    ClusterRoleBinding binding = RoleLines.of(LINES).clusterBindings().getFirst();
    assertThat(binding.subjects())
        .extracting(subject -> subject.kind() + "/" + subject.name())
        .containsExactly("User/system:alice", "Group/readers");
  }

  @Test
  void everyBindingNamesARoleThatIsThere() {
    RoleLines all = RoleLines.of(DefaultRoles.lines());
    var clusterRoles = all.clusterRoles().stream().map(role -> role.metadata().name()).toList();
    assertThat(all.clusterBindings())
        .hasSizeGreaterThan(40)
        .allSatisfy(
            binding -> assertThat(clusterRoles).contains(requireNonNull(binding.roleRef()).name()));
    var roles = all.roles().stream().map(role -> role.metadata().name()).toList();
    assertThat(all.bindings())
        .hasSize(7)
        .allSatisfy(
            binding -> assertThat(roles).contains(requireNonNull(binding.roleRef()).name()));
  }

  @Test
  void controllersAreBoundToTheirServiceAccounts() {
    assertThat(RoleLines.of(DefaultRoles.lines()).clusterBindings())
        .filteredOn(b -> "system:controller:job-controller".equals(b.metadata().name()))
        .singleElement()
        .satisfies(binding ->
            assertThat(binding.subjects())
                .extracting(s -> s.kind() + " " + s.namespace() + "/" + s.name())
                .containsExactly("ServiceAccount kube-system/job-controller"));
  }

  @Test
  void aRuleMayNameObjects() {
    assertThat(
            RoleLines.of(List.of("role r", "  approve  certificates.k8s.io  signers  a/b,c/d"))
                .clusterRoles()
                .getFirst()
                .rules()
                .getFirst()
                .resourceNames())
        .containsExactly("a/b", "c/d");
  }

  @Test
  void everyRuleGrantsSomething() {
    assertThat(RoleLines.of(DefaultRoles.lines()).clusterRoles())
        .hasSizeGreaterThan(60)
        .allSatisfy(role -> {
          assertThat(role.rules().isEmpty()).isEqualTo(role.aggregationRule() != null);
          assertThat(role.rules()).allSatisfy(rule -> assertThat(rule.verbs()).isNotEmpty());
        });
  }
}

package dev.tiphys.apiserver.strategy.rbac;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.rbac.v1.ClusterRoleBinding;
import dev.tiphys.api.rbac.v1.PolicyRule;
import dev.tiphys.api.rbac.v1.Role;
import dev.tiphys.api.rbac.v1.RoleBinding;
import dev.tiphys.api.rbac.v1.RoleRef;
import dev.tiphys.api.rbac.v1.Subject;
import dev.tiphys.api.validation.FieldErrors;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RbacStrategiesTest {

  private static final RoleBinding BINDING =
      RoleBinding.builder()
          .roleRef(RoleRef.builder().kind("ClusterRole").name("view").build())
          .subjects(
              List.of(
                  Subject.builder().kind("User").name("joe").build(),
                  Subject.builder().kind("ServiceAccount").name("sa").build()))
          .build();

  private final RoleBindingStrategy bindings = new RoleBindingStrategy();

  private String faults(RoleBinding binding) {
    FieldErrors errors = new FieldErrors();
    bindings.validate(bindings.withDefaults(binding), errors);
    return errors.message();
  }

  @Test
  void groupsOfRolesAndSubjectsAreFilledIn() {
    RoleBinding filled = bindings.withDefaults(BINDING);
    assertThat(filled.subjects().get(0).apiGroup()).isEqualTo("rbac.authorization.k8s.io");
    assertThat(filled.subjects().get(1).apiGroup()).isNull();
    assertThat(faults(BINDING)).isEmpty();
  }

  @Test
  void aBindingNamesARoleAndKnownSubjects() {
    assertThat(faults(BINDING.withRoleRef(RoleRef.builder().kind("Foo").name("x").build())))
        .isEqualTo(
            "roleRef.kind: Unsupported value: \"Foo\": supported values: \"Role\","
                + " \"ClusterRole\"");
    assertThat(faults(BINDING.withSubjects(List.of(Subject.builder().kind("User").build()))))
        .isEqualTo("subjects[0].name: Required value");
  }

  @Test
  void whatIsBoundStays() {
    RoleBinding before = bindings.withDefaults(BINDING);
    RoleBinding after =
        bindings.withDefaults(
            BINDING.withRoleRef(RoleRef.builder().kind("ClusterRole").name("admin").build()));
    FieldErrors errors = new FieldErrors();
    bindings.validateUpdate(after, before, errors);
    assertThat(errors.message())
        .startsWith("roleRef: Invalid value:")
        .endsWith("cannot change roleRef");
  }

  @Test
  void accountsBoundInTheWholeClusterSayTheirNamespace() {
    ClusterRoleBindingStrategy everywhere = new ClusterRoleBindingStrategy();
    FieldErrors errors = new FieldErrors();
    everywhere.validate(
        everywhere.withDefaults(
            ClusterRoleBinding.builder()
                .roleRef(BINDING.roleRef())
                .subjects(BINDING.subjects())
                .build()),
        errors);
    assertThat(errors.message()).isEqualTo("subjects[1].namespace: Required value");
  }

  @Test
  void rulesAreAboutResourcesOrPaths() {
    FieldErrors errors = new FieldErrors();
    new RoleStrategy()
        .validate(
            Role.builder()
                .rules(
                    List.of(
                        PolicyRule.builder().verbs(List.of("get")).build(),
                        PolicyRule.builder()
                            .verbs(List.of("get"))
                            .nonResourceURLs(List.of("/x"))
                            .build()))
                .build(),
            errors);
    assertThat(errors.list())
        .extracting(error -> error.path())
        .containsExactly("rules[0].apiGroups", "rules[0].resources", "rules[1].nonResourceURLs");
  }

  @Test
  void namesFitIntoPaths() {
    assertThat(bindings.nameFaults("system:node", false)).isEmpty();
    assertThat(bindings.nameFaults("a/b", false)).containsExactly("may not contain '/'");
    assertThat(bindings.nameFaults("..", false)).containsExactly("may not be '..'");
  }
}

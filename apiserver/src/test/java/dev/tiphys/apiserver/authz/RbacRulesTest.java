package dev.tiphys.apiserver.authz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.meta.v1.LabelSelector;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.rbac.v1.AggregationRule;
import dev.tiphys.api.rbac.v1.ClusterRole;
import dev.tiphys.api.rbac.v1.ClusterRoleBinding;
import dev.tiphys.api.rbac.v1.PolicyRule;
import dev.tiphys.api.rbac.v1.RoleBinding;
import dev.tiphys.api.rbac.v1.RoleRef;
import dev.tiphys.api.rbac.v1.Subject;
import dev.tiphys.api.selector.LabelSelectors;
import dev.tiphys.apiserver.authn.User;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RbacRulesTest {

  private static final User JOE = User.of("joe", List.of("devs"));

  private static ClusterRole role(String name, Map<String, String> labels, PolicyRule... rules) {
    return ClusterRole.builder()
        .metadata(ObjectMeta.builder().name(name).labels(labels).build())
        .rules(List.of(rules))
        .build();
  }

  private static PolicyRule rule(String verb, String resource) {
    return PolicyRule.builder()
        .verbs(List.of(verb))
        .apiGroups(List.of(""))
        .resources(List.of(resource))
        .build();
  }

  private static ClusterRoleBinding everywhere(String role, Subject subject) {
    return ClusterRoleBinding.builder()
        .metadata(ObjectMeta.builder().name("b").build())
        .roleRef(RoleRef.builder().kind("ClusterRole").name(role).build())
        .subjects(List.of(subject))
        .build();
  }

  private static RoleBinding inNamespace(String namespace, String role, Subject subject) {
    return RoleBinding.builder()
        .metadata(ObjectMeta.builder().name("b").namespace(namespace).build())
        .roleRef(RoleRef.builder().kind("ClusterRole").name(role).build())
        .subjects(List.of(subject))
        .build();
  }

  private static Subject subject(String kind, String name) {
    return Subject.builder().kind(kind).name(name).build();
  }

  private static RbacRules compile(
      List<ClusterRole> roles, List<ClusterRoleBinding> all, List<RoleBinding> some) {
    return RbacRules.compile(
        roles,
        List.of(),
        all,
        some,
        (selector, labels) -> LabelSelectors.of(selector).matches(labels));
  }

  private static boolean may(
      RbacRules rules,
      User user,
      String verb,
      String resource,
      String sub,
      String ns,
      String name) {
    return rules.allow(Attributes.resource(user, verb, "", resource, sub, ns, name));
  }

  @Test
  void aClusterBindingHoldsEverywhereANamespacedOneThere() {
    List<ClusterRole> roles = List.of(role("r", Map.of(), rule("get", "pods")));
    RbacRules all = compile(roles, List.of(everywhere("r", subject("Group", "devs"))), List.of());
    assertThat(may(all, JOE, "get", "pods", "", "a", "")).isTrue();
    assertThat(may(all, JOE, "get", "pods", "", "", "")).isTrue();
    assertThat(may(all, JOE, "list", "pods", "", "a", "")).isFalse();
    RbacRules some =
        compile(roles, List.of(), List.of(inNamespace("a", "r", subject("User", "joe"))));
    assertThat(may(some, JOE, "get", "pods", "", "a", "")).isTrue();
    assertThat(may(some, JOE, "get", "pods", "", "b", "")).isFalse();
    assertThat(may(some, JOE, "get", "pods", "", "", "")).isFalse();
  }

  @Test
  void serviceAccountsOfABindingAreInItsNamespaceUnlessTheySay() {
    RbacRules rules =
        compile(
            List.of(role("r", Map.of(), rule("get", "pods"))),
            List.of(),
            List.of(inNamespace("a", "r", subject("ServiceAccount", "sa"))));
    User account = User.of("system:serviceaccount:a:sa", List.of());
    assertThat(may(rules, account, "get", "pods", "", "a", "")).isTrue();
  }

  @Test
  void subresourcesAndNamesAreMeantExactly() {
    PolicyRule named = rule("get", "configmaps").withResourceNames(List.of("one"));
    RbacRules rules =
        compile(
            List.of(role("r", Map.of(), rule("get", "pods/log"), rule("get", "*/scale"), named)),
            List.of(everywhere("r", subject("User", "joe"))),
            List.of());
    assertThat(may(rules, JOE, "get", "pods", "log", "a", "p")).isTrue();
    assertThat(may(rules, JOE, "get", "pods", "", "a", "p")).isFalse();
    assertThat(may(rules, JOE, "get", "deployments", "scale", "a", "d")).isTrue();
    assertThat(may(rules, JOE, "get", "configmaps", "", "a", "one")).isTrue();
    assertThat(may(rules, JOE, "get", "configmaps", "", "a", "two")).isFalse();
    assertThat(may(rules, JOE, "get", "configmaps", "", "a", "")).isFalse();
  }

  @Test
  void pathsMayEndInAStar() {
    PolicyRule paths =
        PolicyRule.builder()
            .verbs(List.of("get"))
            .nonResourceURLs(List.of("/api", "/apis/*"))
            .build();
    RbacRules rules =
        compile(
            List.of(role("r", Map.of(), paths)),
            List.of(everywhere("r", subject("User", "joe"))),
            List.of());
    assertThat(rules.allow(path("/api"))).isTrue();
    assertThat(rules.allow(path("/apis/apps"))).isTrue();
    assertThat(rules.allow(path("/api/v1"))).isFalse();
  }

  private static Attributes path(String path) {
    return new Attributes(JOE, "get", false, path, "", "", "", "", "", "");
  }

  @Test
  void aggregatedRolesAreMadeOfOthersThatMayBeAggregatedToo() {
    ClusterRole admin = aggregated("admin", Map.of(), "to-admin");
    ClusterRole edit = aggregated("edit", Map.of("to-admin", "true"), "to-edit");
    ClusterRole part = role("part", Map.of("to-edit", "true"), rule("get", "pods"));
    RbacRules rules =
        compile(
            List.of(admin, edit, part),
            List.of(everywhere("admin", subject("User", "joe"))),
            List.of());
    assertThat(may(rules, JOE, "get", "pods", "", "a", "")).isTrue();
    assertThat(rules.rulesOf("", "admin")).containsExactly(rule("get", "pods"));
  }

  private static ClusterRole aggregated(String name, Map<String, String> labels, String from) {
    return role(name, labels)
        .withAggregationRule(
            AggregationRule.builder()
                .clusterRoleSelectors(
                    List.of(LabelSelector.builder().matchLabels(Map.of(from, "true")).build()))
                .build());
  }

  @Test
  void refusalsSayWhoCannotDoWhatWhere() {
    assertThat(Attributes.resource(JOE, "list", "", "pods", "", "default", "").refusal())
        .isEqualTo(
            "User \"joe\" cannot list resource \"pods\" in API group \"\" in the namespace"
                + " \"default\"");
    assertThat(Attributes.resource(JOE, "get", "apps", "deployments", "scale", "", "").refusal())
        .isEqualTo(
            "User \"joe\" cannot get resource \"deployments/scale\" in API group \"apps\" at the"
                + " cluster scope");
    assertThat(path("/x").refusal()).isEqualTo("User \"joe\" cannot get path \"/x\"");
  }
}

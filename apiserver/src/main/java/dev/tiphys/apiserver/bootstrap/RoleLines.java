package dev.tiphys.apiserver.bootstrap;

import dev.tiphys.api.meta.v1.LabelSelector;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.rbac.v1.AggregationRule;
import dev.tiphys.api.rbac.v1.ClusterRole;
import dev.tiphys.api.rbac.v1.ClusterRoleBinding;
import dev.tiphys.api.rbac.v1.PolicyRule;
import dev.tiphys.api.rbac.v1.Role;
import dev.tiphys.api.rbac.v1.RoleBinding;
import dev.tiphys.api.rbac.v1.RoleRef;
import dev.tiphys.api.rbac.v1.Subject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Roles and bindings as {@code default-roles.txt} writes them; it begins with how. Pure. */
record RoleLines(
    List<ClusterRole> clusterRoles,
    List<ClusterRoleBinding> clusterBindings,
    List<Role> roles,
    List<RoleBinding> bindings) {

  static final String AUTO_UPDATE = "rbac.authorization.kubernetes.io/autoupdate";
  private static final String GROUP = "rbac.authorization.k8s.io";
  private static final String AGGREGATE = GROUP + "/aggregate-to-";
  private static final String CONTROLLER = "system:controller:";
  private static final String LABEL = "kubernetes.io/bootstrapping";

  static RoleLines of(List<String> lines) {
    Map<String, List<PolicyRule>> rules = new LinkedHashMap<>();
    Map<String, String[]> heads = new LinkedHashMap<>();
    List<String[]> binds = new ArrayList<>();
    List<PolicyRule> current = new ArrayList<>();
    for (String line : lines) {
      String[] words = line.strip().split("\\s+");
      switch (words[0]) {
        case "role" -> {
          heads.put(words[1], words);
          current = rules.computeIfAbsent(words[1], _ -> new ArrayList<>());
        }
        case "bind" -> binds.add(words);
        default -> current.add(rule(words));
      }
    }
    for (String name : rules.keySet()) {
      if (name.startsWith(CONTROLLER)) {
        String account = name.substring(CONTROLLER.length());
        binds.add(new String[] {"bind", name, "ServiceAccount:kube-system/" + account});
      }
    }
    return new RoleLines(
        clusterRoles(rules, heads), clusterBindings(binds), roles(rules), bindings(binds));
  }

  private static boolean namespaced(String name) {
    return name.contains("/");
  }

  private static String namespaceOf(String name) {
    return name.substring(0, name.indexOf('/'));
  }

  private static String bare(String name) {
    return name.substring(name.indexOf('/') + 1);
  }

  private static List<ClusterRole> clusterRoles(
      Map<String, List<PolicyRule>> rules, Map<String, String[]> heads) {
    List<ClusterRole> all = new ArrayList<>();
    rules.forEach((name, granted) -> {
      if (!namespaced(name)) {
        String[] words = heads.getOrDefault(name, new String[0]);
        ClusterRole.Builder role =
            ClusterRole.builder().metadata(metadata(name, option(words, "to:"))).rules(granted);
        String from = option(words, "from:");
        if (!from.isEmpty()) {
          role.aggregationRule(
              AggregationRule.builder()
                  .clusterRoleSelectors(
                      List.of(
                          LabelSelector.builder()
                              .matchLabels(Map.of(AGGREGATE + from, "true"))
                              .build()))
                  .build());
        }
        all.add(role.build());
      }
    });
    return List.copyOf(all);
  }

  private static String option(String[] words, String prefix) {
    return Arrays.stream(words)
        .filter(word -> word.startsWith(prefix))
        .map(word -> word.substring(prefix.length()))
        .findFirst()
        .orElse("");
  }

  private static List<Role> roles(Map<String, List<PolicyRule>> rules) {
    List<Role> all = new ArrayList<>();
    rules.forEach((name, granted) -> {
      if (namespaced(name)) {
        all.add(
            Role.builder()
                .metadata(metadata(bare(name), "").withNamespace(namespaceOf(name)))
                .rules(granted)
                .build());
      }
    });
    return List.copyOf(all);
  }

  private static List<ClusterRoleBinding> clusterBindings(List<String[]> binds) {
    return binds.stream()
        .filter(words -> !namespaced(words[1]))
        .map(words ->
            ClusterRoleBinding.builder()
                .metadata(metadata(named(words), ""))
                .roleRef(reference("ClusterRole", words[1]))
                .subjects(subjects(words))
                .build())
        .toList();
  }

  private static List<RoleBinding> bindings(List<String[]> binds) {
    return binds.stream()
        .filter(words -> namespaced(words[1]))
        .map(words ->
            RoleBinding.builder()
                .metadata(metadata(named(words), "").withNamespace(namespaceOf(words[1])))
                .roleRef(reference("Role", bare(words[1])))
                .subjects(subjects(words))
                .build())
        .toList();
  }

  private static String named(String[] words) {
    String as = option(words, "as:");
    return as.isEmpty() ? bare(words[1]) : as;
  }

  private static RoleRef reference(String kind, String name) {
    return RoleRef.builder().apiGroup(GROUP).kind(kind).name(name).build();
  }

  private static List<Subject> subjects(String[] words) {
    return Arrays.stream(words)
        .skip(2)
        .filter(word -> !word.startsWith("as:"))
        .map(RoleLines::subject)
        .toList();
  }

  private static Subject subject(String text) {
    int colon = text.indexOf(':');
    String kind = text.substring(0, colon);
    String name = text.substring(colon + 1);
    return kind.equals("ServiceAccount")
        ? Subject.builder().kind(kind).namespace(namespaceOf(name)).name(bare(name)).build()
        : Subject.builder().apiGroup(GROUP).kind(kind).name(name).build();
  }

  private static PolicyRule rule(String[] words) {
    if (words.length == 2) {
      return PolicyRule.builder().verbs(list(words[0])).nonResourceURLs(list(words[1])).build();
    }
    return PolicyRule.builder()
        .verbs(list(words[0]))
        .apiGroups(list(words[1]).stream().map(g -> g.equals("core") ? "" : g).toList())
        .resources(list(words[2]))
        .resourceNames(words.length > 3 ? list(words[3]) : List.of())
        .build();
  }

  private static ObjectMeta metadata(String name, String to) {
    return ObjectMeta.builder()
        .name(name)
        .labels(
            to.isEmpty()
                ? Map.of(LABEL, "rbac-defaults")
                : Map.of(LABEL, "rbac-defaults", AGGREGATE + to, "true"))
        .annotations(Map.of(AUTO_UPDATE, "true"))
        .build();
  }

  private static List<String> list(String words) {
    return List.of(words.split(","));
  }
}

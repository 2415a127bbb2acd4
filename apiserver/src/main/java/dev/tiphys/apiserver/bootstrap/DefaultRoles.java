package dev.tiphys.apiserver.bootstrap;

import dev.tiphys.api.Resources;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.rbac.v1.ClusterRole;
import dev.tiphys.api.rbac.v1.ClusterRoleBinding;
import dev.tiphys.api.rbac.v1.PolicyRule;
import dev.tiphys.api.rbac.v1.RoleRef;
import dev.tiphys.api.rbac.v1.Subject;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.resource.WriteContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;

/**
 * The roles and bindings that every cluster has. What they grant stands in {@code
 * default-roles.txt}; it is restored when somebody has changed it, unless the object's annotation
 * {@code rbac.authorization.kubernetes.io/autoupdate} says {@code false}.
 */
public final class DefaultRoles implements Bootstrap.Step {

  private static final String GROUP = "rbac.authorization.k8s.io";
  private static final String AUTO_UPDATE = "rbac.authorization.kubernetes.io/autoupdate";
  private static final Map<String, String> LABELS =
      Map.of("kubernetes.io/bootstrapping", "rbac-defaults");

  private final Endpoints endpoints;
  private final Executor executor;
  private final List<ClusterRole> roles;
  private final List<ClusterRoleBinding> bindings;

  /**
   * Creates them through the verbs.
   *
   * @param executor writes them side by side: daemons wait for them
   */
  public DefaultRoles(Endpoints endpoints, Executor executor) {
    this.endpoints = endpoints;
    this.executor = executor;
    List<String> lines = lines();
    this.roles = roles(lines);
    this.bindings = bindings(lines);
  }

  @Override
  public String name() {
    return "rbac/bootstrap-roles";
  }

  @Override
  public void run() {
    WriteContext server = WriteContext.ofServer("kube-apiserver");
    List<Runnable> writes = new ArrayList<>();
    for (ClusterRole role : roles) {
      writes.add(() ->
          Ensure.present(
              endpoints.of(Resources.CLUSTER_ROLES),
              server,
              role,
              found -> mayUpdate(found.metadata()) ? found.withRules(role.rules()) : found));
    }
    for (ClusterRoleBinding binding : bindings) {
      writes.add(() ->
          Ensure.present(
              endpoints.of(Resources.CLUSTER_ROLE_BINDINGS),
              server,
              binding,
              found ->
                  mayUpdate(found.metadata()) ? found.withSubjects(binding.subjects()) : found));
    }
    Ensure.all(executor, writes);
  }

  private static boolean mayUpdate(ObjectMeta metadata) {
    return !"false".equals(metadata.annotations().get(AUTO_UPDATE));
  }

  static List<String> lines() {
    try (InputStream in = DefaultRoles.class.getResourceAsStream("default-roles.txt")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .toList();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  static List<ClusterRole> roles(List<String> lines) {
    var rules = new LinkedHashMap<String, List<PolicyRule>>();
    List<PolicyRule> current = new ArrayList<>();
    for (String line : lines) {
      String[] words = line.strip().split("\\s+");
      if (words[0].equals("role")) {
        current = rules.computeIfAbsent(words[1], _ -> new ArrayList<>());
      } else if (!words[0].equals("bind")) {
        current.add(rule(words));
      }
    }
    return rules.entrySet().stream()
        .map(role ->
            ClusterRole.builder().metadata(metadata(role.getKey())).rules(role.getValue()).build())
        .toList();
  }

  private static PolicyRule rule(String[] words) {
    if (words.length == 2) {
      return PolicyRule.builder().verbs(list(words[0])).nonResourceURLs(list(words[1])).build();
    }
    return PolicyRule.builder()
        .verbs(list(words[0]))
        .apiGroups(list(words[1]).stream().map(g -> g.equals("core") ? "" : g).toList())
        .resources(list(words[2]))
        .build();
  }

  static List<ClusterRoleBinding> bindings(List<String> lines) {
    return lines.stream()
        .map(line -> line.split("\\s+"))
        .filter(words -> words[0].equals("bind"))
        .map(words ->
            ClusterRoleBinding.builder()
                .metadata(metadata(words[1]))
                .roleRef(
                    RoleRef.builder().apiGroup(GROUP).kind("ClusterRole").name(words[1]).build())
                .subjects(Arrays.stream(words).skip(2).map(DefaultRoles::subject).toList())
                .build())
        .toList();
  }

  private static Subject subject(String text) {
    int colon = text.indexOf(':');
    return Subject.builder()
        .apiGroup(GROUP)
        .kind(text.substring(0, colon))
        .name(text.substring(colon + 1))
        .build();
  }

  private static ObjectMeta metadata(String name) {
    return ObjectMeta.builder()
        .name(name)
        .labels(LABELS)
        .annotations(Map.of(AUTO_UPDATE, "true"))
        .build();
  }

  private static List<String> list(String words) {
    return List.of(words.split(","));
  }
}

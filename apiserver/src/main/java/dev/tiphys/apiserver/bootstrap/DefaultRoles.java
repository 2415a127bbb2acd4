package dev.tiphys.apiserver.bootstrap;

import dev.tiphys.api.Resources;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.rbac.v1.ClusterRole;
import dev.tiphys.api.rbac.v1.ClusterRoleBinding;
import dev.tiphys.api.rbac.v1.PolicyRule;
import dev.tiphys.api.rbac.v1.Role;
import dev.tiphys.api.rbac.v1.RoleBinding;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.resource.WriteContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Executor;

/**
 * The roles and bindings that every cluster has. What they grant stands in {@code
 * default-roles.txt}; it is restored when somebody has changed it, unless the object's annotation
 * {@code rbac.authorization.kubernetes.io/autoupdate} says {@code false}.
 */
public final class DefaultRoles implements Bootstrap.Step {

  private static final String NODE = "system:node";

  private final Endpoints endpoints;
  private final Executor executor;
  private final RoleLines wanted;

  /**
   * Creates them through the verbs.
   *
   * @param executor writes them side by side: daemons wait for them
   */
  public DefaultRoles(Endpoints endpoints, Executor executor) {
    this.endpoints = endpoints;
    this.executor = executor;
    this.wanted = RoleLines.of(lines());
  }

  /** What nodes may do, but for what is judged one by one. */
  public static List<PolicyRule> nodeRules() {
    return RoleLines.of(lines()).clusterRoles().stream()
        .filter(role -> NODE.equals(role.metadata().name()))
        .findFirst()
        .orElseThrow()
        .rules();
  }

  @Override
  public String name() {
    return "rbac/bootstrap-roles";
  }

  @Override
  public void run() {
    WriteContext server = WriteContext.ofServer("kube-apiserver");
    List<Runnable> writes = new ArrayList<>();
    for (ClusterRole role : wanted.clusterRoles()) {
      writes.add(() ->
          Ensure.present(
              endpoints.of(Resources.CLUSTER_ROLES),
              server,
              role,
              found -> mayUpdate(found.metadata()) ? restored(found, role) : found));
    }
    for (ClusterRoleBinding binding : wanted.clusterBindings()) {
      writes.add(() ->
          Ensure.present(
              endpoints.of(Resources.CLUSTER_ROLE_BINDINGS),
              server,
              binding,
              found ->
                  mayUpdate(found.metadata()) ? found.withSubjects(binding.subjects()) : found));
    }
    for (Role role : wanted.roles()) {
      writes.add(() ->
          Ensure.present(
              endpoints.of(Resources.ROLES),
              server,
              role,
              found -> mayUpdate(found.metadata()) ? found.withRules(role.rules()) : found));
    }
    for (RoleBinding binding : wanted.bindings()) {
      writes.add(() ->
          Ensure.present(
              endpoints.of(Resources.ROLE_BINDINGS),
              server,
              binding,
              found ->
                  mayUpdate(found.metadata()) ? found.withSubjects(binding.subjects()) : found));
    }
    Ensure.all(executor, writes);
  }

  /** The rules of an aggregated role are for those to say that it is made of. */
  private static ClusterRole restored(ClusterRole found, ClusterRole wanted) {
    ObjectMeta metadata = found.metadata();
    ClusterRole labelled =
        metadata.labels().entrySet().containsAll(wanted.metadata().labels().entrySet())
            ? found
            : found.withMetadata(metadata.withLabels(merged(metadata, wanted.metadata())));
    return wanted.aggregationRule() == null
        ? labelled.withRules(wanted.rules())
        : labelled.withAggregationRule(wanted.aggregationRule());
  }

  private static Map<String, String> merged(ObjectMeta found, ObjectMeta wanted) {
    Map<String, String> labels = new TreeMap<>(found.labels());
    labels.putAll(wanted.labels());
    return labels;
  }

  private static boolean mayUpdate(ObjectMeta metadata) {
    return !"false".equals(metadata.annotations().get(RoleLines.AUTO_UPDATE));
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
}

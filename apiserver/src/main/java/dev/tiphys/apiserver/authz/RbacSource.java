package dev.tiphys.apiserver.authz;

import dev.tiphys.api.Resources;
import dev.tiphys.api.rbac.v1.ClusterRole;
import dev.tiphys.api.rbac.v1.ClusterRoleBinding;
import dev.tiphys.api.rbac.v1.Role;
import dev.tiphys.api.rbac.v1.RoleBinding;
import dev.tiphys.api.selector.LabelSelectors;
import dev.tiphys.apiserver.resource.Derived;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.resource.Mirror;
import dev.tiphys.daemon.Closers;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * The rules of all roles and bindings, compiled anew when one of them has changed and somebody
 * asks. Thread-safe.
 */
public final class RbacSource implements Supplier<RbacRules>, AutoCloseable {

  private final Closers parts = new Closers();
  private final Mirror<ClusterRole> clusterRoles;
  private final Mirror<Role> roles;
  private final Mirror<ClusterRoleBinding> clusterRoleBindings;
  private final Mirror<RoleBinding> roleBindings;
  private final Derived<RbacRules> compiled = new Derived<>(this::compile);

  /** Begins to follow roles and bindings. */
  public RbacSource(Endpoints endpoints) {
    Runnable changed = compiled::changed;
    this.clusterRoles =
        parts.add(
            Mirror.start(
                Resources.CLUSTER_ROLES, endpoints.of(Resources.CLUSTER_ROLES).store(), changed));
    this.roles =
        parts.add(Mirror.start(Resources.ROLES, endpoints.of(Resources.ROLES).store(), changed));
    this.clusterRoleBindings =
        parts.add(
            Mirror.start(
                Resources.CLUSTER_ROLE_BINDINGS,
                endpoints.of(Resources.CLUSTER_ROLE_BINDINGS).store(),
                changed));
    this.roleBindings =
        parts.add(
            Mirror.start(
                Resources.ROLE_BINDINGS, endpoints.of(Resources.ROLE_BINDINGS).store(), changed));
  }

  @Override
  public RbacRules get() {
    return compiled.get();
  }

  private RbacRules compile() {
    return RbacRules.compile(
        clusterRoles.all(),
        roles.all(),
        clusterRoleBindings.all(),
        roleBindings.all(),
        (selector, labels) -> LabelSelectors.of(selector).matches(labels));
  }

  /** Whether all rules have been read once. */
  public boolean filled() {
    return clusterRoles.filled()
        && roles.filled()
        && clusterRoleBindings.filled()
        && roleBindings.filled();
  }

  /** Waits until all rules have been read once; false if it took too long. */
  public boolean awaitFilled(Duration atMost) throws InterruptedException {
    return clusterRoles.awaitFilled(atMost)
        && roles.awaitFilled(atMost)
        && clusterRoleBindings.awaitFilled(atMost)
        && roleBindings.awaitFilled(atMost);
  }

  @Override
  public void close() {
    parts.close();
  }
}

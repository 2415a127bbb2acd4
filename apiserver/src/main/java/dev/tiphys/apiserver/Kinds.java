package dev.tiphys.apiserver;

import dev.tiphys.api.Resources;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.apiserver.resource.EventConversion;
import dev.tiphys.apiserver.resource.Registry;
import dev.tiphys.apiserver.resource.ServedResource;
import dev.tiphys.apiserver.strategy.ClusterView;
import dev.tiphys.apiserver.strategy.Strategy;
import dev.tiphys.apiserver.strategy.allocation.ServiceAllocator;
import dev.tiphys.apiserver.strategy.apps.DeploymentStrategy;
import dev.tiphys.apiserver.strategy.apps.ReplicaSetStrategy;
import dev.tiphys.apiserver.strategy.coordination.LeaseStrategy;
import dev.tiphys.apiserver.strategy.core.ConfigMapStrategy;
import dev.tiphys.apiserver.strategy.core.EventStrategy;
import dev.tiphys.apiserver.strategy.core.NamespaceStrategy;
import dev.tiphys.apiserver.strategy.core.NodeStrategy;
import dev.tiphys.apiserver.strategy.core.PodStrategy;
import dev.tiphys.apiserver.strategy.core.SecretStrategy;
import dev.tiphys.apiserver.strategy.core.ServiceStrategy;
import dev.tiphys.apiserver.strategy.discovery.EndpointSliceStrategy;
import dev.tiphys.apiserver.strategy.rbac.ClusterRoleBindingStrategy;
import dev.tiphys.apiserver.strategy.rbac.ClusterRoleStrategy;
import dev.tiphys.apiserver.strategy.rbac.RoleBindingStrategy;
import dev.tiphys.apiserver.strategy.rbac.RoleStrategy;
import dev.tiphys.apiserver.table.Columns;
import dev.tiphys.apiserver.table.KindColumns;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Which kinds are served, each with its rules, columns and subresources: a line a kind. */
final class Kinds {

  private Kinds() {}

  /**
   * The registry.
   *
   * @param view for rules that must see other objects; used only once the server runs
   */
  static Registry registry(Config config, ClusterView view, RandomGenerator random) {
    Duration eventTtl = config.eventTtl();
    return new Registry(
        List.of(
            kind(Resources.CONFIG_MAPS, new ConfigMapStrategy(), KindColumns.configMaps()),
            kind(Resources.ENDPOINTS, plain(), KindColumns.endpoints()),
            new ServedResource<>(
                Resources.EVENTS,
                new EventStrategy(),
                KindColumns.events(),
                Set.of(),
                eventTtl,
                null),
            kind(
                Resources.NAMESPACES,
                new NamespaceStrategy(),
                KindColumns.namespaces(),
                "status",
                "finalize"),
            kind(Resources.NODES, new NodeStrategy(), KindColumns.nodes(), "status"),
            kind(
                Resources.PODS,
                new PodStrategy(),
                KindColumns.pods(),
                "status",
                "binding",
                "eviction",
                "log",
                "exec",
                "attach",
                "portforward"),
            kind(Resources.SECRETS, new SecretStrategy(), KindColumns.secrets()),
            kind(Resources.SERVICE_ACCOUNTS, plain(), KindColumns.serviceAccounts(), "token"),
            kind(
                Resources.SERVICES,
                new ServiceStrategy(
                    new ServiceAllocator(view, config.serviceRange(), config.nodePorts(), random)),
                KindColumns.services(),
                "status"),
            kind(
                Resources.DEPLOYMENTS,
                new DeploymentStrategy(),
                KindColumns.deployments(),
                "status",
                "scale"),
            kind(
                Resources.REPLICA_SETS,
                new ReplicaSetStrategy(),
                KindColumns.replicaSets(),
                "status",
                "scale"),
            kind(Resources.LEASES, new LeaseStrategy(), KindColumns.leases()),
            kind(
                Resources.ENDPOINT_SLICES,
                new EndpointSliceStrategy(),
                KindColumns.endpointSlices()),
            new ServedResource<>(
                Resources.EVENTS_EVENTS,
                plain(),
                KindColumns.eventsEvents(EventConversion::toCore),
                Set.of(),
                eventTtl,
                EventConversion.conversion()),
            kind(Resources.ROLES, new RoleStrategy(), KindColumns.roles()),
            kind(Resources.ROLE_BINDINGS, new RoleBindingStrategy(), KindColumns.roleBindings()),
            kind(Resources.CLUSTER_ROLES, new ClusterRoleStrategy(), KindColumns.clusterRoles()),
            kind(
                Resources.CLUSTER_ROLE_BINDINGS,
                new ClusterRoleBindingStrategy(),
                KindColumns.clusterRoleBindings())));
  }

  private static <T extends ApiObject> ServedResource<T> kind(
      ResourceType<T> type, Strategy<T> strategy, Columns<T> columns, String... subresources) {
    @Nullable Duration forEver = null;
    return new ServedResource<>(type, strategy, columns, Set.of(subresources), forEver, null);
  }

  private static <T extends ApiObject> Strategy<T> plain() {
    return new Strategy<>() {};
  }
}

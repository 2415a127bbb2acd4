package dev.tiphys.apiserver;

import dev.tiphys.api.Resources;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
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
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * The rules of each kind, a line a kind, under the version that is stored. Kinds without a line
 * have none of their own.
 */
final class KindStrategies {

  private final Map<ResourceType<?>, Strategy<?>> all = new HashMap<>();

  private KindStrategies() {}

  static KindStrategies of(Config config, ClusterView view, RandomGenerator random) {
    KindStrategies strategies = new KindStrategies();
    strategies.addCore(config, view, random);
    strategies.addOthers();
    return strategies;
  }

  private void addCore(Config config, ClusterView view, RandomGenerator random) {
    add(Resources.CONFIG_MAPS, new ConfigMapStrategy());
    add(Resources.EVENTS, new EventStrategy());
    add(Resources.NAMESPACES, new NamespaceStrategy());
    add(Resources.NODES, new NodeStrategy());
    add(Resources.PODS, new PodStrategy());
    add(Resources.SECRETS, new SecretStrategy());
    add(
        Resources.SERVICES,
        new ServiceStrategy(
            new ServiceAllocator(view, config.serviceRange(), config.nodePorts(), random)));
  }

  private void addOthers() {
    add(Resources.DEPLOYMENTS, new DeploymentStrategy());
    add(Resources.REPLICA_SETS, new ReplicaSetStrategy());
    add(Resources.LEASES, new LeaseStrategy());
    add(Resources.ENDPOINT_SLICES, new EndpointSliceStrategy());
    add(Resources.EVENTS_EVENTS, new Strategy<>() {});
    add(Resources.ROLES, new RoleStrategy());
    add(Resources.ROLE_BINDINGS, new RoleBindingStrategy());
    add(Resources.CLUSTER_ROLES, new ClusterRoleStrategy());
    add(Resources.CLUSTER_ROLE_BINDINGS, new ClusterRoleBindingStrategy());
  }

  private <T extends ApiObject> void add(ResourceType<T> type, Strategy<T> strategy) {
    all.put(type, strategy);
  }

  /** Whether a resource has rules of its own. */
  boolean has(ResourceType<?> type) {
    return all.containsKey(type);
  }

  /** The rules of a resource. */
  @SuppressWarnings("unchecked") // strategies are added under the type that they judge
  <T extends ApiObject> Strategy<T> find(ResourceType<T> type) {
    Strategy<T> plain = new Strategy<>() {};
    return (Strategy<T>) Objects.requireNonNullElse(all.get(type), plain);
  }
}

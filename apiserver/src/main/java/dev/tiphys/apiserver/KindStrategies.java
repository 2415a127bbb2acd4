package dev.tiphys.apiserver;

import dev.tiphys.api.Resources;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.apiserver.strategy.ClusterView;
import dev.tiphys.apiserver.strategy.ExpressionCheck;
import dev.tiphys.apiserver.strategy.Strategy;
import dev.tiphys.apiserver.strategy.admissionregistration.BindingRules;
import dev.tiphys.apiserver.strategy.admissionregistration.PolicyKindRules;
import dev.tiphys.apiserver.strategy.admissionregistration.WebhookRules;
import dev.tiphys.apiserver.strategy.allocation.ServiceAllocator;
import dev.tiphys.apiserver.strategy.apps.DaemonSetRules;
import dev.tiphys.apiserver.strategy.apps.DeploymentStrategy;
import dev.tiphys.apiserver.strategy.apps.ReplicaSetStrategy;
import dev.tiphys.apiserver.strategy.apps.RevisionRules;
import dev.tiphys.apiserver.strategy.apps.StatefulSetRules;
import dev.tiphys.apiserver.strategy.autoscaling.AutoscalerRules;
import dev.tiphys.apiserver.strategy.batch.CronJobRules;
import dev.tiphys.apiserver.strategy.batch.JobStrategy;
import dev.tiphys.apiserver.strategy.certificates.PodRequestRules;
import dev.tiphys.apiserver.strategy.certificates.SigningRequestRules;
import dev.tiphys.apiserver.strategy.certificates.TrustBundleRules;
import dev.tiphys.apiserver.strategy.control.ApiServiceRules;
import dev.tiphys.apiserver.strategy.control.FlowControlRules;
import dev.tiphys.apiserver.strategy.coordination.CandidateRules;
import dev.tiphys.apiserver.strategy.coordination.LeaseStrategy;
import dev.tiphys.apiserver.strategy.core.ConfigMapStrategy;
import dev.tiphys.apiserver.strategy.core.EndpointsRules;
import dev.tiphys.apiserver.strategy.core.EventStrategy;
import dev.tiphys.apiserver.strategy.core.NamespaceStrategy;
import dev.tiphys.apiserver.strategy.core.NodeStrategy;
import dev.tiphys.apiserver.strategy.core.PodStrategy;
import dev.tiphys.apiserver.strategy.core.ReplicationControllerRules;
import dev.tiphys.apiserver.strategy.core.SecretStrategy;
import dev.tiphys.apiserver.strategy.core.ServiceAccountRules;
import dev.tiphys.apiserver.strategy.core.ServiceStrategy;
import dev.tiphys.apiserver.strategy.discovery.EndpointSliceStrategy;
import dev.tiphys.apiserver.strategy.events.EventRules;
import dev.tiphys.apiserver.strategy.internal.MigrationRules;
import dev.tiphys.apiserver.strategy.internal.StorageVersionRules;
import dev.tiphys.apiserver.strategy.networking.AddressRules;
import dev.tiphys.apiserver.strategy.networking.IngressRules;
import dev.tiphys.apiserver.strategy.networking.NetworkPolicyRules;
import dev.tiphys.apiserver.strategy.policy.BudgetRules;
import dev.tiphys.apiserver.strategy.policy.LimitRangeRules;
import dev.tiphys.apiserver.strategy.policy.QuotaRules;
import dev.tiphys.apiserver.strategy.rbac.ClusterRoleBindingStrategy;
import dev.tiphys.apiserver.strategy.rbac.ClusterRoleStrategy;
import dev.tiphys.apiserver.strategy.rbac.RoleBindingStrategy;
import dev.tiphys.apiserver.strategy.rbac.RoleStrategy;
import dev.tiphys.apiserver.strategy.resource.DeviceRules;
import dev.tiphys.apiserver.strategy.resource.PoolStatusRules;
import dev.tiphys.apiserver.strategy.resource.SliceRules;
import dev.tiphys.apiserver.strategy.resource.TaintRuleRules;
import dev.tiphys.apiserver.strategy.scheduling.ClassRules;
import dev.tiphys.apiserver.strategy.storage.ClaimRules;
import dev.tiphys.apiserver.strategy.storage.StorageRules;
import dev.tiphys.apiserver.strategy.storage.VolumeRules;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The rules of each kind, a line a kind, under the version that is stored. Kinds without a line
 * have none of their own.
 */
final class KindStrategies {

  private final Map<ResourceType<?>, Strategy<?>> all = new HashMap<>();

  private KindStrategies() {}

  static KindStrategies of(
      ServiceAllocator allocator,
      InstantSource clock,
      ExpressionCheck expressions,
      ClusterView view) {
    KindStrategies strategies = new KindStrategies();
    strategies.addCore(allocator);
    strategies.addOthers(clock);
    strategies.addNetworking();
    strategies.addStorage();
    strategies.addControl();
    strategies.addAdmission(expressions);
    strategies.addDevices(new DeviceRules(expressions, view), clock);
    return strategies;
  }

  private void addCore(ServiceAllocator allocator) {
    add(Resources.CONFIG_MAPS, new ConfigMapStrategy());
    add(Resources.ENDPOINTS, EndpointsRules.rules());
    add(Resources.EVENTS, new EventStrategy());
    add(Resources.LIMIT_RANGES, LimitRangeRules.rules());
    add(Resources.NAMESPACES, new NamespaceStrategy());
    add(Resources.NODES, new NodeStrategy());
    add(Resources.PODS, new PodStrategy());
    add(Resources.PERSISTENT_VOLUME_CLAIMS, ClaimRules.rules());
    add(Resources.PERSISTENT_VOLUMES, VolumeRules.rules());
    add(Resources.POD_TEMPLATES, ReplicationControllerRules.podTemplates());
    add(Resources.REPLICATION_CONTROLLERS, ReplicationControllerRules.rules());
    add(Resources.RESOURCE_QUOTAS, QuotaRules.rules());
    add(Resources.SECRETS, new SecretStrategy());
    add(Resources.SERVICE_ACCOUNTS, ServiceAccountRules.rules());
    add(Resources.SERVICES, new ServiceStrategy(allocator));
  }

  private void addOthers(InstantSource clock) {
    add(Resources.DEPLOYMENTS, new DeploymentStrategy());
    add(Resources.REPLICA_SETS, new ReplicaSetStrategy());
    add(Resources.STATEFUL_SETS, StatefulSetRules.rules());
    add(Resources.DAEMON_SETS, DaemonSetRules.rules());
    add(Resources.CONTROLLER_REVISIONS, RevisionRules.rules());
    add(Resources.JOBS, new JobStrategy());
    add(Resources.CRON_JOBS, CronJobRules.rules());
    add(Resources.HORIZONTAL_POD_AUTOSCALERS_V2, AutoscalerRules.rules());
    add(Resources.POD_DISRUPTION_BUDGETS, BudgetRules.rules());
    add(Resources.PRIORITY_CLASSES, ClassRules.priorities());
    add(Resources.RUNTIME_CLASSES, ClassRules.runtimes());
    add(Resources.CERTIFICATE_SIGNING_REQUESTS, SigningRequestRules.rules(clock));
    add(Resources.CLUSTER_TRUST_BUNDLES_V1BETA1, TrustBundleRules.rules());
    add(Resources.POD_CERTIFICATE_REQUESTS_V1BETA1, PodRequestRules.rules(clock));
    add(Resources.LEASES, new LeaseStrategy());
    add(Resources.LEASE_CANDIDATES_V1BETA1, CandidateRules.rules());
    add(Resources.ENDPOINT_SLICES, new EndpointSliceStrategy());
    add(Resources.EVENTS_EVENTS, EventRules.rules());
    add(Resources.ROLES, new RoleStrategy());
    add(Resources.ROLE_BINDINGS, new RoleBindingStrategy());
    add(Resources.CLUSTER_ROLES, new ClusterRoleStrategy());
    add(Resources.CLUSTER_ROLE_BINDINGS, new ClusterRoleBindingStrategy());
  }

  private void addNetworking() {
    add(Resources.INGRESSES, IngressRules.ingresses());
    add(Resources.INGRESS_CLASSES, IngressRules.classes());
    add(Resources.NETWORK_POLICIES, NetworkPolicyRules.rules());
    add(Resources.IP_ADDRESSES, AddressRules.addresses());
    add(Resources.SERVICE_CIDRS, AddressRules.ranges());
  }

  private void addStorage() {
    add(Resources.STORAGE_CLASSES, StorageRules.classes());
    add(Resources.VOLUME_ATTRIBUTES_CLASSES, StorageRules.attributes());
    add(Resources.VOLUME_ATTACHMENTS, StorageRules.attachments());
    add(Resources.CSI_DRIVERS, StorageRules.drivers());
    add(Resources.CSI_NODES, StorageRules.nodes());
    add(Resources.CSI_STORAGE_CAPACITIES, StorageRules.capacities());
  }

  private void addControl() {
    add(Resources.FLOW_SCHEMAS, FlowControlRules.flows());
    add(Resources.PRIORITY_LEVEL_CONFIGURATIONS, FlowControlRules.levels());
    add(Resources.API_SERVICES, ApiServiceRules.rules());
    add(Resources.STORAGE_VERSIONS_V1ALPHA1, StorageVersionRules.rules());
    add(Resources.STORAGE_VERSION_MIGRATIONS_V1BETA1, MigrationRules.rules());
  }

  private void addAdmission(ExpressionCheck expressions) {
    WebhookRules hooks = new WebhookRules(expressions);
    add(Resources.MUTATING_WEBHOOK_CONFIGURATIONS, hooks.mutating());
    add(Resources.VALIDATING_WEBHOOK_CONFIGURATIONS, hooks.validating());
    PolicyKindRules policies = new PolicyKindRules(expressions);
    add(Resources.VALIDATING_ADMISSION_POLICIES, policies.validating());
    add(Resources.VALIDATING_ADMISSION_POLICY_BINDINGS, BindingRules.validating());
    add(Resources.MUTATING_ADMISSION_POLICIES, policies.mutating());
    add(Resources.MUTATING_ADMISSION_POLICY_BINDINGS, BindingRules.mutating());
  }

  private void addDevices(DeviceRules devices, InstantSource clock) {
    add(Resources.RESOURCE_CLAIMS, devices.claims());
    add(Resources.RESOURCE_CLAIM_TEMPLATES, devices.templates());
    add(Resources.DEVICE_CLASSES, devices.classes());
    add(Resources.RESOURCE_SLICES, SliceRules.rules(clock));
    add(Resources.DEVICE_TAINT_RULES_V1BETA2, TaintRuleRules.rules(clock));
    add(Resources.RESOURCE_POOL_STATUS_REQUESTS_V1ALPHA3, PoolStatusRules.rules());
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

package dev.tiphys.controllermanager;

import dev.tiphys.api.Resources;
import dev.tiphys.api.apps.v1.Deployment;
import dev.tiphys.api.apps.v1.ReplicaSet;
import dev.tiphys.api.coordination.v1.Lease;
import dev.tiphys.api.core.v1.ConfigMap;
import dev.tiphys.api.core.v1.Node;
import dev.tiphys.api.core.v1.PersistentVolume;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.ResourceQuota;
import dev.tiphys.api.core.v1.Service;
import dev.tiphys.api.discovery.v1.EndpointSlice;
import dev.tiphys.api.networking.v1.IPAddress;
import dev.tiphys.api.networking.v1.ServiceCIDR;
import dev.tiphys.api.policy.v1.PodDisruptionBudget;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.client.Client;
import dev.tiphys.client.ObjectKey;
import dev.tiphys.client.Owners;
import dev.tiphys.client.controller.Controller;
import dev.tiphys.client.controller.Reconciler;
import dev.tiphys.client.controller.Telemetry;
import dev.tiphys.client.controller.WorkQueue;
import dev.tiphys.client.environment.Environment;
import dev.tiphys.client.event.EventRecorder;
import dev.tiphys.client.informer.EventHandler;
import dev.tiphys.client.informer.Index;
import dev.tiphys.client.informer.Informer;
import dev.tiphys.client.informer.Informers;
import dev.tiphys.client.informer.Lister;
import dev.tiphys.controllermanager.ControllerManagerConfig.Workers;
import dev.tiphys.controllermanager.Selected.Loop;
import dev.tiphys.controllermanager.common.Absent;
import dev.tiphys.controllermanager.deployment.DeploymentReconciler;
import dev.tiphys.controllermanager.disruption.DisruptionReconciler;
import dev.tiphys.controllermanager.endpoints.EndpointsReconciler;
import dev.tiphys.controllermanager.endpoints.SliceReconciler;
import dev.tiphys.controllermanager.garbage.GarbageCollector;
import dev.tiphys.controllermanager.namespace.NamespaceReconciler;
import dev.tiphys.controllermanager.node.NodeHealthReconciler;
import dev.tiphys.controllermanager.node.PodCidrReconciler;
import dev.tiphys.controllermanager.node.PodSweeper;
import dev.tiphys.controllermanager.node.TaintEvictionReconciler;
import dev.tiphys.controllermanager.pod.Pods;
import dev.tiphys.controllermanager.pod.SlimPod;
import dev.tiphys.controllermanager.protection.ProtectionReconciler;
import dev.tiphys.controllermanager.protection.Uses;
import dev.tiphys.controllermanager.quota.QuotaReconciler;
import dev.tiphys.controllermanager.replicaset.ReplicaSetReconciler;
import dev.tiphys.controllermanager.serviceaccount.DefaultAccountReconciler;
import dev.tiphys.controllermanager.serviceaccount.RootCaReconciler;
import dev.tiphys.controllermanager.servicecidr.ServiceCidrReconciler;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All control loops, wired to shared caches. Reads as a table of contents: one method a loop says
 * what it reconciles, and which changes bring it to do so.
 */
public final class ControllerManager implements AutoCloseable {

  private final Client client;
  private final ControllerManagerConfig config;
  private final Environment environment;
  private final Telemetry telemetry;
  private final Informers informers;
  private final List<Controller<?>> controllers = new ArrayList<>();
  private final List<Informer<?>> narrow = new ArrayList<>();
  private final Index<String, Pod> podsByController;
  private final Index<String, Pod> podsByNode;
  private final GarbageCollector garbage;
  private @Nullable WorkQueue<ObjectKey> quotaQueue;

  ControllerManager(
      Client client, ControllerManagerConfig config, Environment environment, Telemetry telemetry) {
    this.client = client;
    this.config = config;
    this.environment = environment;
    this.telemetry = telemetry;
    this.informers = new Informers(client, environment);
    informers.strip(Resources.PODS, SlimPod::of);
    informers.strip(Resources.NODES, ControllerManager::slim);
    this.podsByController = pods().index(Owners::controllerUid);
    this.podsByNode =
        pods().index(pod -> Pods.nodeName(pod).isEmpty() ? List.of() : List.of(Pods.nodeName(pod)));
    this.garbage =
        new GarbageCollector(
            client, config.workers().garbage(), environment, telemetry, this::objectGone);
    wire(config.workers());
  }

  private void wire(Workers workers) {
    if (on(Loop.DEPLOYMENT)) {
      deployments(workers.deployments());
    }
    if (on(Loop.REPLICASET)) {
      replicaSets(workers.replicaSets());
    }
    if (on(Loop.ENDPOINT_SLICE)) {
      slices(workers.slices());
    }
    if (on(Loop.ENDPOINTS)) {
      endpoints(workers.endpoints());
    }
    if (on(Loop.NAMESPACE)) {
      namespaces(workers.namespaces());
    }
    if (on(Loop.SERVICE_ACCOUNT)) {
      serviceAccounts();
    }
    if (on(Loop.ROOT_CA) && config.authority() != null) {
      rootCa(config.authority());
    }
    if (on(Loop.NODE_LIFECYCLE)) {
      nodeHealth();
    }
    if (on(Loop.TAINT_EVICTION)) {
      taintEviction();
    }
    if (on(Loop.POD_SWEEPER)) {
      podSweeper();
    }
    if (on(Loop.DISRUPTION)) {
      disruptions();
    }
    if (on(Loop.RESOURCE_QUOTA)) {
      quotas();
    }
    if (on(Loop.CLAIM_PROTECTION)) {
      claimProtection();
    }
    if (on(Loop.VOLUME_PROTECTION)) {
      protection(Resources.PERSISTENT_VOLUMES, "pv", Uses::ofVolume);
    }
    if (on(Loop.CLASS_PROTECTION)) {
      classProtection();
    }
    if (on(Loop.SERVICE_CIDR)) {
      serviceRanges();
    }
    if (on(Loop.NODE_IPAM) && !config.podCidrs().isEmpty()) {
      podCidrs();
    }
  }

  private boolean on(Loop loop) {
    return config.selected().has(loop);
  }

  /** Begins to fill caches. */
  public void startCaches() {
    informers.start();
    narrow.forEach(Informer::start);
  }

  /** Begins to act, as each loop's caches are complete. */
  public void startLoops() {
    controllers.forEach(Controller::start);
    if (on(Loop.GARBAGE_COLLECTOR)) {
      garbage.start();
    }
  }

  /** Whether all shared caches are complete. */
  public boolean hasSynced() {
    return informers.hasSynced() && narrow.stream().allMatch(Informer::hasSynced);
  }

  private void deployments(int workers) {
    Informer<Deployment> deployments = informers.of(Resources.DEPLOYMENTS);
    Informer<ReplicaSet> sets = informers.of(Resources.REPLICA_SETS);
    Reconciler<ObjectKey> reconciler =
        new DeploymentReconciler(
            client,
            deployments.lister(),
            sets.index(Owners::controllerUid),
            sets.index(Concerns::namespaceOfOrphan),
            podsByController,
            events("deployment-controller"),
            environment);
    Controller<ObjectKey> controller = controller("deployment", workers, reconciler);
    controller
        .watching(deployments, Controller.self())
        .watching(sets, set -> Concerns.ownerOrAdopters(set, deployments, Concerns::selector))
        .handling(pods(), change -> podGone(controller, sets, change));
  }

  /** A Deployment that recreates waits for the last of its old pods to go. */
  private static void podGone(
      Controller<ObjectKey> controller,
      Informer<ReplicaSet> sets,
      EventHandler.Change<Pod> change) {
    if (!(change instanceof EventHandler.Deleted<Pod>(Pod pod, boolean _))) {
      return;
    }
    for (ObjectKey key : Concerns.owner(pod, "ReplicaSet")) {
      ReplicaSet set = sets.lister().get(key);
      if (set != null) {
        Concerns.owner(set, "Deployment").forEach(controller.queue()::add);
      }
    }
  }

  private void replicaSets(int workers) {
    Informer<ReplicaSet> sets = informers.of(Resources.REPLICA_SETS);
    controller(
            "replicaset",
            workers,
            new ReplicaSetReconciler(
                client,
                sets.lister(),
                pods(),
                podsByController,
                pods().index(Concerns::namespaceOfOrphan),
                events("replicaset-controller"),
                environment))
        .watching(sets, Controller.self())
        .watching(pods(), pod -> Concerns.ownerOrAdopters(pod, sets, Concerns::selector));
  }

  private void slices(int workers) {
    Informer<Service> services = informers.of(Resources.SERVICES);
    Informer<EndpointSlice> slices = informers.of(Resources.ENDPOINT_SLICES);
    controller(
            "endpoint_slice",
            workers,
            new SliceReconciler(
                client,
                services.lister(),
                pods().lister(),
                nodes().lister(),
                slices,
                slices.index(SliceReconciler::serviceOf)))
        .watching(services, Controller.self())
        .watching(slices, SliceReconciler::serviceOf)
        .watching(pods(), pod -> Concerns.servicesOf(pod, services))
        .reading(nodes());
  }

  private void endpoints(int workers) {
    Informer<Service> services = informers.of(Resources.SERVICES);
    var endpoints = informers.of(Resources.ENDPOINTS);
    controller(
            "endpoint",
            workers,
            new EndpointsReconciler(client, services.lister(), pods().lister(), endpoints.lister()))
        .watching(services, Controller.self())
        .watching(endpoints, Controller.self())
        .watching(pods(), pod -> Concerns.servicesOf(pod, services));
  }

  private void namespaces(int workers) {
    var namespaces = informers.of(Resources.NAMESPACES);
    controller(
            "namespace", workers, new NamespaceReconciler(client, namespaces.lister(), environment))
        .watching(namespaces, Controller.self());
  }

  private void serviceAccounts() {
    var namespaces = informers.of(Resources.NAMESPACES);
    var accounts = informers.of(Resources.SERVICE_ACCOUNTS);
    controller(
            "serviceaccount",
            1,
            new DefaultAccountReconciler(client, namespaces.lister(), accounts.lister()))
        .watching(namespaces, Controller.self())
        .watching(accounts, Concerns::namespaceOf);
  }

  private void rootCa(String authority) {
    var namespaces = informers.of(Resources.NAMESPACES);
    Informer<ConfigMap> maps =
        new Informer<>(
            client.resource(Resources.CONFIG_MAPS),
            Informer.Selection.<ConfigMap>all()
                .withFields("metadata.name=" + RootCaReconciler.NAME),
            environment);
    narrow.add(maps);
    controller(
            "root_ca_cert_publisher",
            1,
            new RootCaReconciler(client, namespaces.lister(), maps.lister(), authority))
        .watching(namespaces, Controller.self())
        .watching(maps, Concerns::namespaceOf);
  }

  private void nodeHealth() {
    Informer<Lease> leases =
        new Informer<>(
            client.resource(Resources.LEASES).inNamespace(NodeHealthReconciler.LEASES),
            Informer.Selection.all(),
            environment);
    narrow.add(leases);
    controller(
            "node_lifecycle_controller",
            8,
            new NodeHealthReconciler(
                client,
                nodes().lister(),
                leases.lister(),
                podsByNode,
                events("node-controller"),
                environment,
                config.nodeGrace(),
                config.nodeStartupGrace()))
        .watching(nodes(), Controller.self())
        .watching(leases, lease -> List.of(ObjectKey.of("", lease.metadata().name())))
        .reading(pods());
  }

  private void taintEviction() {
    controller(
            "noexec_taint_pod",
            8,
            new TaintEvictionReconciler(
                client,
                pods().lister(),
                nodes().lister(),
                events("taint-eviction-controller"),
                environment))
        .watching(
            pods(),
            pod ->
                TaintEvictionReconciler.concerns(pod, nodes().lister())
                    ? List.of(ObjectKey.of(pod))
                    : List.of())
        .watching(
            nodes(),
            node ->
                podsByNode.get(Absent.empty(node.metadata().name())).stream()
                    .map(ObjectKey::of)
                    .toList());
  }

  private void podSweeper() {
    Controller<PodSweeper.Pass> controller =
        controller(
            "pod_gc",
            1,
            new PodSweeper(
                client, pods().lister(), nodes().lister(), environment, config.endedPods()));
    controller.reading(pods()).reading(nodes());
    controller.queue().add(PodSweeper.Pass.ALL);
  }

  private void disruptions() {
    Informer<PodDisruptionBudget> budgets = informers.of(Resources.POD_DISRUPTION_BUDGETS);
    Informer<ReplicaSet> sets = informers.of(Resources.REPLICA_SETS);
    Informer<Deployment> deployments = informers.of(Resources.DEPLOYMENTS);
    controller(
            "disruption",
            1,
            new DisruptionReconciler(
                client,
                budgets.lister(),
                pods().lister(),
                sets.lister(),
                deployments.lister(),
                events("controllermanager"),
                environment.clock()))
        .watching(budgets, Controller.self())
        .watching(pods(), pod -> Concerns.budgetsOf(pod, budgets))
        .reading(sets)
        .reading(deployments);
  }

  /** What was used is free again; what is newly used is counted by the API server at once. */
  private void quotas() {
    Informer<ResourceQuota> quotas = informers.of(Resources.RESOURCE_QUOTAS);
    Controller<ObjectKey> controller =
        controller(
            "resourcequota", 1, new QuotaReconciler(client, quotas.lister(), garbage::countedBy));
    controller
        .handling(quotas, change -> quotaChanged(controller, change))
        .watching(pods(), pod -> quotasOf(pod, quotas))
        .watching(informers.of(Resources.SERVICES), service -> quotasOf(service, quotas));
    quotaQueue = controller.queue();
  }

  /** That somebody, mostly the API server, has counted is no reason to count again. */
  private static void quotaChanged(
      Controller<ObjectKey> controller, EventHandler.Change<ResourceQuota> change) {
    ResourceQuota before = change.before();
    if (before == null || !Objects.equals(before.spec(), change.object().spec())) {
      controller.queue().add(ObjectKey.of(change.object()));
    }
  }

  private static List<ObjectKey> quotasOf(ApiObject object, Informer<ResourceQuota> quotas) {
    return quotas.lister().inNamespace(object.metadata().namespace()).stream()
        .map(ObjectKey::of)
        .toList();
  }

  private void objectGone(ObjectKey key) {
    WorkQueue<ObjectKey> queue = quotaQueue;
    if (queue != null && !key.namespace().isEmpty()) {
      informers.of(Resources.RESOURCE_QUOTAS).lister().inNamespace(key.namespace()).stream()
          .map(ObjectKey::of)
          .forEach(queue::add);
    }
  }

  private void claimProtection() {
    protection(
            Resources.PERSISTENT_VOLUME_CLAIMS,
            "pvc",
            claim -> Uses.ofClaim(claim, client.resource(Resources.PODS)))
        .watching(pods(), Uses::claimsOf);
  }

  private void classProtection() {
    Informer<PersistentVolume> volumes = informers.of(Resources.PERSISTENT_VOLUMES);
    var claims = informers.of(Resources.PERSISTENT_VOLUME_CLAIMS);
    protection(
            Resources.VOLUME_ATTRIBUTES_CLASSES,
            "vac",
            kind -> Uses.ofClass(kind, volumes.lister(), claims.lister()))
        .watching(volumes, Uses::classesOf)
        .watching(claims, Uses::classesOf);
  }

  private void serviceRanges() {
    Informer<ServiceCIDR> ranges = informers.of(Resources.SERVICE_CIDRS);
    Informer<IPAddress> addresses = informers.of(Resources.IP_ADDRESSES);
    Lister<ServiceCIDR> all = ranges.lister();
    controller(
            "service_cidr",
            1,
            new ServiceCidrReconciler(client, all, addresses.lister(), environment.clock()))
        .watching(ranges, range -> ServiceCidrReconciler.overlapping(range, all))
        .watching(addresses, address -> ServiceCidrReconciler.containing(address, all));
  }

  private <T extends ApiObject> Controller<ObjectKey> protection(
      ResourceType<T> type, String name, Predicate<T> inUse) {
    Informer<T> objects = informers.of(type);
    return controller(
            name + "_protection",
            1,
            new ProtectionReconciler<>(
                client.resource(type),
                objects.lister(),
                "kubernetes.io/" + name + "-protection",
                inUse))
        .watching(objects, Controller.self());
  }

  private void podCidrs() {
    controller(
            "node_ipam",
            1,
            new PodCidrReconciler(
                client,
                nodes().lister(),
                events("cidrAllocator"),
                config.podCidrs(),
                config.nodeMask(),
                config.nodeMask6()))
        .watching(nodes(), Controller.self());
  }

  private <K> Controller<K> controller(String name, int workers, Reconciler<K> reconciler) {
    Controller<K> controller = new Controller<>(name, workers, reconciler, environment, telemetry);
    controllers.add(controller);
    return controller;
  }

  private Informer<Pod> pods() {
    return informers.of(Resources.PODS);
  }

  private Informer<Node> nodes() {
    return informers.of(Resources.NODES);
  }

  private EventRecorder events(String component) {
    return new EventRecorder(client.resource(Resources.EVENTS), component, null, environment);
  }

  /** Images are most of a node's size, and no loop reads them. */
  private static Node slim(Node node) {
    return node.status() == null ? node : node.withStatus(node.status().withImages(List.of()));
  }

  @Override
  public void close() {
    garbage.close();
    controllers.forEach(Controller::close);
    narrow.forEach(Informer::close);
    informers.close();
  }
}

package dev.tiphys.apiserver;

import dev.tiphys.api.Resources;
import dev.tiphys.api.codec.ProtobufCodec;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.RangeAllocation;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.StructType;
import dev.tiphys.apiserver.admission.Admission;
import dev.tiphys.apiserver.admission.AdmissionChain;
import dev.tiphys.apiserver.aggregation.Aggregator;
import dev.tiphys.apiserver.allocation.ClaimRepair;
import dev.tiphys.apiserver.allocation.StoredClaims;
import dev.tiphys.apiserver.allocation.StoredQuotas;
import dev.tiphys.apiserver.audit.Auditor;
import dev.tiphys.apiserver.authn.Authenticator;
import dev.tiphys.apiserver.authn.IdentityReviews;
import dev.tiphys.apiserver.authn.ServiceAccountTokens;
import dev.tiphys.apiserver.authz.AccessReviews;
import dev.tiphys.apiserver.authz.AuthorizerChain;
import dev.tiphys.apiserver.authz.NodeRelations;
import dev.tiphys.apiserver.authz.RbacSource;
import dev.tiphys.apiserver.bootstrap.AuthenticationInfo;
import dev.tiphys.apiserver.bootstrap.Bootstrap;
import dev.tiphys.apiserver.bootstrap.DefaultFlows;
import dev.tiphys.apiserver.bootstrap.DefaultRoles;
import dev.tiphys.apiserver.bootstrap.DefaultServiceRange;
import dev.tiphys.apiserver.bootstrap.KubernetesService;
import dev.tiphys.apiserver.bootstrap.LocalApiServices;
import dev.tiphys.apiserver.bootstrap.MasterLeases;
import dev.tiphys.apiserver.bootstrap.RoleAggregation;
import dev.tiphys.apiserver.bootstrap.SystemNamespaces;
import dev.tiphys.apiserver.bootstrap.SystemPriorityClasses;
import dev.tiphys.apiserver.extension.CustomResources;
import dev.tiphys.apiserver.fairness.FlowStatus;
import dev.tiphys.apiserver.fairness.PriorityAndFairness;
import dev.tiphys.apiserver.http.HttpServer;
import dev.tiphys.apiserver.http.HttpServerConfig;
import dev.tiphys.apiserver.kubelet.BackendProxy;
import dev.tiphys.apiserver.kubelet.KubeletClient;
import dev.tiphys.apiserver.pipeline.ApiHandler;
import dev.tiphys.apiserver.pipeline.FlowControl;
import dev.tiphys.apiserver.pipeline.InflightBound;
import dev.tiphys.apiserver.pipeline.Limits;
import dev.tiphys.apiserver.pipeline.RequestMetrics;
import dev.tiphys.apiserver.pipeline.Routes;
import dev.tiphys.apiserver.request.RequestInfo;
import dev.tiphys.apiserver.resource.CacheView;
import dev.tiphys.apiserver.resource.Chance;
import dev.tiphys.apiserver.resource.ComputedResource;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.resource.Registry;
import dev.tiphys.apiserver.resource.ResourceVerbs;
import dev.tiphys.apiserver.resource.WatchServer;
import dev.tiphys.apiserver.storage.ListQuery;
import dev.tiphys.apiserver.storage.ReadAt;
import dev.tiphys.apiserver.storage.ResourceSpec;
import dev.tiphys.apiserver.storage.ResourceStore;
import dev.tiphys.apiserver.storage.Selection;
import dev.tiphys.apiserver.storage.StorageException;
import dev.tiphys.apiserver.storage.Store;
import dev.tiphys.apiserver.storage.Stored;
import dev.tiphys.apiserver.storage.StructCodec;
import dev.tiphys.apiserver.strategy.IpText;
import dev.tiphys.apiserver.subresource.BindingSubresource;
import dev.tiphys.apiserver.table.KindColumns;
import dev.tiphys.daemon.Closers;
import dev.tiphys.daemon.ConfigException;
import dev.tiphys.daemon.HealthChecks;
import dev.tiphys.daemon.HealthChecks.Scope;
import dev.tiphys.daemon.Metrics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** The parts of the server, put together. */
final class ApiServer implements AutoCloseable {

  private static final String FLOWS = "flowcontrol.apiserver.k8s.io";
  private static final Duration STORE_PATIENCE = Duration.ofSeconds(2);

  private final Closers parts = new Closers();
  private final HttpServer http;
  private final WatchServer watches;

  /**
   * Starts all parts and returns at once; what needs the store waits for it.
   *
   * @throws dev.tiphys.daemon.ConfigException if a file that a flag names is wrong
   */
  static ApiServer start(Config config) {
    return new ApiServer(config);
  }

  private ApiServer(Config config) {
    HealthChecks health = new HealthChecks();
    Metrics metrics = new Metrics();
    SecureRandom random = new SecureRandom();
    Chance chance = new Chance(InstantSource.system(), random, UUID::randomUUID);

    Store store = parts.add(Store.connect(config.store(), chance.clock()));
    store.register(metrics.registry());
    health.add("etcd", Scope.READY, () -> problem(() -> store.check(STORE_PATIENCE)));

    CacheView view = new CacheView();
    ResourceStore<RangeAllocation> ranges = ranges(store);
    StoredClaims claims = new StoredClaims(view, () -> ranges, config.nodePorts(), chance);
    Extensions extensions = parts.add(new Extensions(view, chance));
    Deprecations deprecations = Deprecations.inForce();
    Registry registry =
        Kinds.registry(config, view, claims, chance, extensions.expressions(), deprecations)
            .with(extensions.kinds());
    AdmissionPlugins.Late late = AdmissionPlugins.Late.of(view);
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    parts.add(threads::shutdownNow);
    Remotes remotes = Remotes.over(extensions.pool(), random, threads);
    Admission admission =
        new AdmissionChain(
            AdmissionPlugins.of(
                config.admission(),
                view,
                new StoredQuotas(view),
                chance,
                remotes,
                extensions,
                late));
    EndpointFactory factory = new EndpointFactory(store, view, admission, chance);
    Endpoints stored = new Endpoints(factory.all(registry), List.of());

    Identity identity = Identity.of(config.serviceAccounts(), view, chance);
    ServiceAccountTokens tokens = identity.tokens();
    late.namespaces().madeBy(name -> SystemNamespaces.create(stored, name));
    Authenticator authenticator =
        new Authentication(config, remotes, chance.clock())
            .start(tokens, view, extensions.cel(), metrics.registry(), parts);
    RbacSource rbac = parts.add(new RbacSource(stored));
    Authorization authorization =
        new Authorization(
            config.authorization(),
            remotes,
            chance.clock(),
            rbac,
            new NodeRelations((node, ns) -> podsOn(stored, node, ns), view),
            metrics.registry());
    AuthorizerChain authorizer = authorization.start(extensions.cel(), metrics.registry(), parts);
    extensions.judgedBy(authorizer);
    if (authorization.byRoles()) {
      late.escalation().judgedBy(authorizer, (ns, role) -> rbac.get().rulesOf(ns, role));
    }
    ComponentHealth components =
        new ComponentHealth(Extensions::anybody, () -> problem(() -> store.check(STORE_PATIENCE)));
    BindingSubresource binding = new BindingSubresource(stored, chance.clock());
    Endpoints endpoints =
        new Endpoints(
            stored.all(),
            Actions.all(
                new IdentityReviews(authenticator),
                new AccessReviews(authorizer),
                binding,
                new ComputedResource<>(
                    Resources.COMPONENT_STATUSES,
                    KindColumns.of(Resources.COMPONENT_STATUSES),
                    components::get,
                    chance.clock(),
                    deprecations.of(Resources.COMPONENT_STATUSES))));

    CustomResources custom = extensions.start(store, endpoints, admission, health);
    Aggregator others =
        extensions.aggregate(endpoints, config.proxyCertificate(), config.proxyKey(), threads);

    parts.add(new HeapKeeper(threads));
    KubeletClient kubelets = new KubeletClient(config.kubelets(), threads);
    watches = parts.add(new WatchServer(chance, threads));
    Routes routes =
        new Routes(
            endpoints,
            new ResourceVerbs(watches),
            Subresources.all(
                config,
                endpoints,
                custom,
                view,
                tokens,
                admission,
                authorizer,
                kubelets,
                binding,
                new BackendProxy(kubelets, threads),
                chance),
            Pages.all(config, endpoints, others, identity, health, metrics),
            others::answer);
    http =
        parts.add(
            HttpServer.start(
                new HttpServerConfig(config.address(), config.tls()),
                new ApiHandler(
                    authenticator,
                    authorizer,
                    auditor(config, remotes, chance, metrics, threads),
                    flowControl(config.inflight(), endpoints, metrics, chance.clock(), threads),
                    routes,
                    new RequestMetrics(
                        metrics, request -> serves(endpoints, request), System::nanoTime),
                    chance.uuids())));
    ClaimRepair repair = new ClaimRepair(view, claims, config.nodePorts(), chance.clock());
    KubernetesService service =
        new KubernetesService(
            endpoints,
            config.sharesEndpoints()
                ? new MasterLeases(
                    unserved(
                        store,
                        "masterleases",
                        store.layout().masterLeases(),
                        dev.tiphys.api.core.v1.Endpoints.TYPE))
                : null,
            config.serviceRanges().primary().at(1),
            IpText.canonical(config.advertised()),
            http.port());
    bootstrap(config, endpoints, view, rbac, health, repair, service, chance.clock(), threads);
  }

  /** Where upstream keeps which node ports are taken. */
  private static ResourceStore<RangeAllocation> ranges(Store store) {
    return unserved(store, "ranges", store.layout().range(""), RangeAllocation.TYPE);
  }

  /** Objects that no request can reach. */
  private static <T extends ApiObject> ResourceStore<T> unserved(
      Store store, String name, String prefix, StructType<T> type) {
    return store.open(
        new ResourceSpec<>(
            "", name, prefix, false, new StructCodec<>(type, new ProtobufCodec()), null));
  }

  private void bootstrap(
      Config config,
      Endpoints endpoints,
      CacheView view,
      RbacSource rbac,
      HealthChecks health,
      ClaimRepair repair,
      KubernetesService service,
      InstantSource clock,
      ExecutorService threads) {
    LocalApiServices local = new LocalApiServices(endpoints, clock, threads);
    List<Bootstrap.Step> steps =
        List.of(
            // First, for until there are roles no daemon may do anything; some are in namespaces.
            new SystemNamespaces(endpoints),
            new DefaultRoles(endpoints, threads),
            new RoleAggregation(endpoints, view),
            new SystemPriorityClasses(endpoints),
            new DefaultFlows(endpoints, threads),
            new DefaultServiceRange(endpoints, config.serviceRanges(), clock),
            new AuthenticationInfo(
                endpoints,
                pem(config.tls().clientCa()),
                config.requestHeaders(),
                pem(config.tls().proxyCa())),
            Bootstrap.Step.of("start-service-ip-repair-controllers", repair::run),
            service,
            local);
    parts.add(service);
    Bootstrap bootstrap = parts.add(new Bootstrap(steps, Bootstrap.REPEAT, threads));
    parts.add(bootstrap.oftener(service, MasterLeases.RENEWAL, threads));
    endpoints.onExtended(() -> bootstrap.again(local, threads));
    for (Bootstrap.Step step : steps) {
      health.add(
          "poststarthook/" + step.name(),
          Scope.READY,
          () -> bootstrap.done(step) ? Optional.empty() : Optional.of("not finished"));
    }
    health.add(
        "informer-sync",
        Scope.READY,
        () -> rbac.filled() ? Optional.empty() : Optional.of("roles and bindings not read yet"));
  }

  private static @Nullable String pem(@Nullable Path file) {
    try {
      return file == null ? null : Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new ConfigException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private FlowControl flowControl(
      Config.Inflight bounds,
      Endpoints endpoints,
      Metrics metrics,
      InstantSource clock,
      ExecutorService threads) {
    if (!bounds.fair() || bounds.all() == 0 || endpoints.find(FLOWS, "v1", "flowschemas") == null) {
      return new InflightBound(bounds.reading(), bounds.writing(), Limits.SEAT_PATIENCE);
    }
    return parts.add(
        new PriorityAndFairness(
            endpoints,
            bounds.all(),
            Limits.SEAT_PATIENCE,
            metrics.registry(),
            new FlowStatus(endpoints, clock, threads),
            System::nanoTime));
  }

  private @Nullable Auditor auditor(
      Config config, Remotes remotes, Chance chance, Metrics metrics, ExecutorService threads) {
    AuditConfig audit = config.audit();
    return audit == null
        ? null
        : parts.add(audit.start(remotes, chance.clock(), metrics.registry(), threads));
  }

  private static boolean serves(Endpoints endpoints, RequestInfo request) {
    return request.resourceRequest()
        && (endpoints.find(request.group(), request.version(), request.resource()) != null
            || endpoints.action(request.group(), request.version(), request.resource()) != null);
  }

  private static Optional<String> problem(Runnable check) {
    try {
      check.run();
      return Optional.empty();
    } catch (StorageException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private static List<Pod> podsOn(Endpoints endpoints, String node, String namespace) {
    Selection<Pod> selection =
        new Selection<>(
            namespace, null, node, pod -> pod.spec() != null && node.equals(pod.spec().nodeName()));
    return endpoints
        .of(Resources.PODS)
        .store()
        .list(new ListQuery<>(selection, ReadAt.ANY, 0, null))
        .items()
        .stream()
        .map(Stored::object)
        .toList();
  }

  /** The port that is served. */
  int port() {
    return http.port();
  }

  @Override
  public void close() {
    // First, or the HTTP server would wait in vain for requests that go on for half an hour.
    watches.close();
    parts.close();
  }
}

package dev.tiphys.apiserver.bootstrap;

import dev.tiphys.api.Resources;
import dev.tiphys.api.apiregistration.v1.APIService;
import dev.tiphys.api.apiregistration.v1.APIServiceCondition;
import dev.tiphys.api.apiregistration.v1.APIServiceSpec;
import dev.tiphys.api.apiregistration.v1.APIServiceStatus;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.apiserver.discovery.GroupOrder;
import dev.tiphys.apiserver.request.ListOptions;
import dev.tiphys.apiserver.resource.Endpoint;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.resource.Part;
import dev.tiphys.apiserver.resource.WriteContext;
import dev.tiphys.apiserver.storage.ObjectKey;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;

/**
 * An APIService for each group version that this server itself serves. Those of custom resources
 * come and go with their definitions; the others are made once, so that whoever deletes one is
 * heard until the next start.
 */
public final class LocalApiServices implements Bootstrap.Step {

  private static final String MANAGED = "kube-aggregator.kubernetes.io/automanaged";
  private static final String ON_START = "onstart";
  private static final int CUSTOM_GROUP = 1000;
  private static final int CUSTOM_VERSION = 100;

  private final Endpoints endpoints;
  private final InstantSource clock;
  private final Executor executor;
  private final Set<String> made = new TreeSet<>();

  /** Publishes what is served. */
  public LocalApiServices(Endpoints endpoints, InstantSource clock, Executor executor) {
    this.endpoints = endpoints;
    this.clock = clock;
    this.executor = executor;
  }

  @Override
  public String name() {
    return "apiservice-registration-controller";
  }

  @Override
  public synchronized void run() {
    Map<String, APIService> wanted = new LinkedHashMap<>();
    for (Endpoint<?> endpoint : endpoints.all()) {
      add(wanted, endpoint.type().group(), endpoint.type().version(), true);
    }
    endpoints.actions().forEach(one -> add(wanted, one.type().group(), one.type().version(), true));
    for (Endpoint<?> endpoint : endpoints.custom()) {
      add(wanted, endpoint.type().group(), endpoint.type().version(), false);
    }
    Endpoint<APIService> services = endpoints.of(Resources.API_SERVICES);
    Map<String, APIService> there = new HashMap<>();
    services
        .reads()
        .list("", ListOptions.ALL)
        .items()
        .forEach(one -> there.put(String.valueOf(one.object().metadata().name()), one.object()));
    List<Runnable> writes = new ArrayList<>();
    wanted.forEach((name, service) -> {
      boolean custom = !isOnStart(service);
      if (!there.containsKey(name) && (custom || !made.contains(name))) {
        writes.add(() -> create(services, name, service));
      }
    });
    there.forEach((name, service) -> {
      String managed = service.metadata().labels().get(MANAGED);
      if (managed != null && !wanted.containsKey(name)) {
        writes.add(() -> Ensure.deleted(services, ObjectKey.clusterScoped(name)));
      }
    });
    Ensure.all(executor, writes);
    made.addAll(wanted.keySet());
  }

  private static boolean isOnStart(APIService service) {
    return ON_START.equals(service.metadata().labels().get(MANAGED));
  }

  private static void add(
      Map<String, APIService> wanted, String group, String version, boolean builtIn) {
    String name = version + "." + group;
    if (wanted.containsKey(name)) {
      return;
    }
    wanted.put(
        name,
        APIService.builder()
            .metadata(
                ObjectMeta.builder()
                    .name(name)
                    .labels(Map.of(MANAGED, builtIn ? ON_START : "true"))
                    .build())
            .spec(
                APIServiceSpec.builder()
                    .group(group)
                    .version(version)
                    .groupPriorityMinimum(builtIn ? GroupOrder.priority(group) : CUSTOM_GROUP)
                    .versionPriority(builtIn ? versionPriority(version) : CUSTOM_VERSION)
                    .build())
            .build());
  }

  /** As upstream, where a stable version has 15 and more, a later one more than an earlier. */
  private static int versionPriority(String version) {
    if (version.contains("alpha")) {
      return 1;
    }
    return version.contains("beta") ? 9 : version.equals("v1") ? 15 : 30;
  }

  private void create(Endpoint<APIService> services, String name, APIService service) {
    WriteContext server = WriteContext.ofServer("kube-apiserver");
    Ensure.created(services, server, service);
    services
        .writes()
        .modify(
            server,
            ObjectKey.clusterScoped(name),
            Part.status(services.resource().strategy()),
            found ->
                found.status() == null || found.status().conditions().isEmpty()
                    ? found.withStatus(available())
                    : found);
  }

  private APIServiceStatus available() {
    return APIServiceStatus.builder()
        .conditions(
            List.of(
                APIServiceCondition.builder()
                    .type("Available")
                    .status("True")
                    .reason("Local")
                    .message("Local APIServices are always available")
                    .lastTransitionTime(clock.instant().truncatedTo(ChronoUnit.SECONDS))
                    .build()))
        .build();
  }
}

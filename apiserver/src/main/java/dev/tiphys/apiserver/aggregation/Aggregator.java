package dev.tiphys.apiserver.aggregation;

import dev.tiphys.api.Resources;
import dev.tiphys.api.apiregistration.v1.APIService;
import dev.tiphys.api.apiregistration.v1.APIServiceCondition;
import dev.tiphys.api.apiregistration.v1.APIServiceStatus;
import dev.tiphys.api.codec.DecodeException;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.meta.v1.APIResourceList;
import dev.tiphys.apiserver.discovery.Catalog;
import dev.tiphys.apiserver.openapi.OpenApiPages;
import dev.tiphys.apiserver.openapi.RemoteDocument;
import dev.tiphys.apiserver.request.ApiCall;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.resource.Endpoint;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.resource.Mirror;
import dev.tiphys.apiserver.resource.Part;
import dev.tiphys.apiserver.resource.WriteContext;
import dev.tiphys.apiserver.storage.ObjectKey;
import dev.tiphys.apiserver.storage.StorageException;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The group versions of other servers: asked again and again whether they answer, which is told in
 * their APIService, and what they serve, which is told in discovery. Thread-safe.
 */
public final class Aggregator implements OpenApiPages.Others, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Aggregator.class);
  private static final WriteContext SERVER = WriteContext.ofServer("kube-apiserver");
  private static final String OPEN_API = "/openapi/v3";
  private static final long ROUND_SECONDS = 15;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** A remote group version as it was found. */
  private record Found(
      RemoteApi api,
      boolean available,
      List<Catalog.Entry> entries,
      String openApiHash,
      RemoteDescription description) {}

  /** What a look at one gave. */
  private record Look(
      boolean available,
      String reason,
      String message,
      List<Catalog.Entry> entries,
      String openApiHash,
      RemoteDescription description) {}

  private final Endpoint<APIService> services;
  private final RemoteProxy proxy;
  private final InstantSource clock;
  private final Semaphore wake = new Semaphore(0);
  private final Mirror<APIService> mirror;
  private final Thread thread;
  private volatile Map<String, Found> found = Map.of();
  private volatile boolean closed;

  /** Begins to follow APIServices. */
  public Aggregator(Endpoints endpoints, RemoteProxy proxy, InstantSource clock) {
    this.services = endpoints.of(Resources.API_SERVICES);
    this.proxy = proxy;
    this.clock = clock;
    this.mirror = Mirror.start(Resources.API_SERVICES, services.store(), () -> wake.release());
    this.thread = Thread.ofVirtual().name("aggregator").start(this::run);
  }

  private void run() {
    try {
      while (!closed) {
        boolean woken = wake.tryAcquire(ROUND_SECONDS, TimeUnit.SECONDS);
        wake.drainPermits();
        if ((woken || !found.isEmpty()) && !closed) {
          round();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void round() {
    Map<String, Found> next = new HashMap<>();
    for (APIService service : mirror.all()) {
      RemoteApi api = RemoteApi.of(service);
      if (api != null) {
        Look look = look(api);
        next.put(
            api.path(),
            new Found(
                api, look.available(), look.entries(), look.openApiHash(), look.description()));
        tell(service, look);
      }
    }
    found = Map.copyOf(next);
  }

  private Look look(RemoteApi api) {
    Found before = found.get(api.path());
    RemoteDescription described =
        before == null || !before.api().equals(api) ? RemoteDescription.NONE : before.description();
    try {
      byte[] json = proxy.read(api, api.path(), PATIENCE);
      APIResourceList list = JsonCodec.decode(json, APIResourceList.TYPE);
      return new Look(
          true,
          "Passed",
          "all checks passed",
          RemoteResources.of(api, list),
          openApiHash(api),
          described.refreshed(proxy, api, clock.instant(), PATIENCE));
    } catch (IOException | DecodeException e) {
      String message = String.valueOf(e.getMessage());
      boolean absent = message.startsWith("service \"") && message.endsWith("not found");
      return new Look(
          false,
          absent ? "ServiceNotFound" : "FailedDiscoveryCheck",
          absent
              ? "service/" + api.service() + " in \"" + api.namespace() + "\" is not present"
              : "failing or missing response from " + api.path() + ": " + message,
          before == null ? List.of() : before.entries(),
          "",
          described);
    }
  }

  /** The hash under which a server has its OpenAPI v3 document; empty if it has none. */
  private String openApiHash(RemoteApi api) {
    try {
      JsonTree index = JsonTree.parse(proxy.read(api, OPEN_API, PATIENCE));
      String path = api.path().substring(1);
      if (index instanceof JsonTree.Obj root
          && root.get("paths") instanceof JsonTree.Obj paths
          && paths.get(path) instanceof JsonTree.Obj entry
          && entry.get("serverRelativeURL") instanceof JsonTree.Text url) {
        int hash = url.value().indexOf("hash=");
        return hash < 0 ? "" : url.value().substring(hash + "hash=".length());
      }
    } catch (IOException | DecodeException e) {
      log.debug("event=no-remote-openapi api={} cause=\"{}\"", api.path(), e.getMessage());
    }
    return "";
  }

  /** The hashes of other servers' OpenAPI v3 documents, by path: {@code apis/GROUP/VERSION}. */
  @Override
  public Map<String, String> openApi() {
    Map<String, String> documents = new TreeMap<>();
    found.forEach((path, remote) -> {
      if (remote.available() && !remote.openApiHash().isEmpty()) {
        documents.put(path.substring(1), remote.openApiHash());
      }
    });
    return documents;
  }

  @Override
  public List<RemoteDocument> openApiV2() {
    return new TreeMap<>(found)
        .values().stream()
            .filter(Found::available)
            .map(remote -> remote.description().document())
            .filter(Objects::nonNull)
            .toList();
  }

  /**
   * Answers with another server's OpenAPI v3 document.
   *
   * @param path as {@code apis/GROUP/VERSION}
   * @return false if no other server has that group version
   */
  @Override
  public boolean answerOpenApi(ApiCall call, String path) throws IOException {
    Found remote = found.get("/" + path);
    if (remote == null || !remote.available()) {
      return false;
    }
    proxy.pass(call, remote.api());
    return true;
  }

  private void tell(APIService service, Look look) {
    if (same(service, look)) {
      return;
    }
    try {
      services
          .writes()
          .modify(
              SERVER,
              new ObjectKey("", String.valueOf(service.metadata().name())),
              Part.status(services.resource().strategy()),
              live -> same(live, look) ? live : live.withStatus(status(live, look)));
    } catch (ApiException | StorageException e) {
      log.debug(
          "event=apiservice-not-told name={} cause=\"{}\"",
          service.metadata().name(),
          e.getMessage());
    }
  }

  private static @Nullable APIServiceCondition available(APIService service) {
    return service.status() == null
        ? null
        : service.status().conditions().stream()
            .filter(one -> "Available".equals(one.type()))
            .findFirst()
            .orElse(null);
  }

  private static boolean same(APIService service, Look look) {
    APIServiceCondition old = available(service);
    return old != null
        && Objects.equals(old.status(), look.available() ? "True" : "False")
        && Objects.equals(old.reason(), look.reason())
        && Objects.equals(old.message(), look.message());
  }

  private APIServiceStatus status(APIService service, Look look) {
    APIServiceCondition old = available(service);
    String status = look.available() ? "True" : "False";
    boolean sameStatus = old != null && Objects.equals(old.status(), status);
    List<APIServiceCondition> conditions = new ArrayList<>();
    if (service.status() != null) {
      service.status().conditions().stream()
          .filter(one -> !"Available".equals(one.type()))
          .forEach(conditions::add);
    }
    conditions.add(
        APIServiceCondition.builder()
            .type("Available")
            .status(status)
            .lastTransitionTime(
                sameStatus
                    ? Objects.requireNonNull(old).lastTransitionTime()
                    : clock.instant().truncatedTo(ChronoUnit.SECONDS))
            .reason(look.reason())
            .message(look.message())
            .build());
    return APIServiceStatus.builder().conditions(conditions).build();
  }

  /**
   * Answers a request for a group version of another server.
   *
   * @return false if there is none
   */
  public boolean answer(ApiCall call, String group, String version) throws IOException {
    Found remote = found.get("/apis/" + group + "/" + version);
    if (remote == null) {
      return false;
    }
    if (!remote.available()) {
      throw ApiException.unavailable("service unavailable");
    }
    proxy.pass(call, remote.api());
    return true;
  }

  /** What the others serve, by group and version. */
  public Map<String, Map<String, List<Catalog.Entry>>> groups() {
    Map<String, Map<String, List<Catalog.Entry>>> groups = new HashMap<>();
    for (Found remote : found.values()) {
      groups
          .computeIfAbsent(remote.api().group(), _ -> new HashMap<>())
          .put(remote.api().version(), remote.entries());
    }
    return groups;
  }

  @Override
  public void close() {
    closed = true;
    mirror.close();
    thread.interrupt();
  }
}

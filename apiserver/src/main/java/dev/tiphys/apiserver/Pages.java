package dev.tiphys.apiserver;

import dev.tiphys.api.codec.JsonWriter;
import dev.tiphys.apiserver.aggregation.Aggregator;
import dev.tiphys.apiserver.answer.Answers;
import dev.tiphys.apiserver.authn.IssuerPages;
import dev.tiphys.apiserver.discovery.Catalog;
import dev.tiphys.apiserver.discovery.CatalogSource;
import dev.tiphys.apiserver.discovery.Discovery;
import dev.tiphys.apiserver.discovery.HealthPages;
import dev.tiphys.apiserver.openapi.OpenApiPages;
import dev.tiphys.apiserver.pipeline.Routes.Page;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.daemon.HealthChecks;
import dev.tiphys.daemon.Metrics;
import dev.tiphys.daemon.Version;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Who answers for paths that name no resource. */
final class Pages {

  private Pages() {}

  static Map<String, Page> all(
      Config config,
      Endpoints endpoints,
      Aggregator others,
      Identity identity,
      HealthChecks health,
      Metrics metrics) {
    String server = config.advertised().getHostAddress() + ":" + config.address().getPort();
    Map<String, Page> pages = new HashMap<>();
    CatalogSource catalogs = new CatalogSource(endpoints);
    Discovery discovery = new Discovery(() -> catalogs.get().with(others.groups()), server);
    pages.put("/api", discovery::core);
    pages.put("/api/", discovery::below);
    pages.put("/apis", discovery::groups);
    pages.put("/apis/", discovery::below);
    OpenApiPages openApi = new OpenApiPages(catalogs, others);
    pages.put("/openapi/v2", openApi::v2);
    pages.put("/openapi/v3", openApi::index);
    pages.put("/openapi/v3/", openApi::document);
    HealthPages healthPages = new HealthPages(health);
    for (String path : List.of("/healthz", "/livez", "/readyz")) {
      pages.put(path, healthPages::answer);
      pages.put(path + "/", healthPages::answer);
    }
    byte[] version = Version.current().toJson().getBytes(StandardCharsets.UTF_8);
    pages.put("/version", call -> Answers.send(call, 200, "application/json", List.of(version)));
    pages.put("/version/", pages.get("/version"));
    pages.put(
        "/metrics",
        call ->
            Answers.send(
                call, 200, "text/plain; version=0.0.4; charset=utf-8", List.of(metrics.toText())));
    if (!identity.issuer().isEmpty() && !identity.keys().isEmpty()) {
      String configured = config.serviceAccounts().jwksUri();
      IssuerPages issuer =
          new IssuerPages(
              identity.issuer(),
              configured == null ? "https://" + server + "/openid/v1/jwks" : configured,
              identity.keys());
      pages.put("/.well-known/openid-configuration", issuer::configuration);
      pages.put("/openid/v1/jwks", issuer::keys);
    }
    List<String> fixed = pages.keySet().stream().filter(path -> !path.endsWith("/")).toList();
    pages.put(
        "/",
        call ->
            Answers.send(call, 200, "application/json", List.of(rootPaths(fixed, catalogs.get()))));
    return pages;
  }

  private static byte[] rootPaths(List<String> fixed, Catalog catalog) {
    JsonWriter root = new JsonWriter().beginObject().name("paths").beginArray();
    paths(fixed, catalog).forEach(root::value);
    return root.endArray().endObject().toByteArray();
  }

  private static List<String> paths(List<String> fixed, Catalog catalog) {
    TreeSet<String> paths = new TreeSet<>(fixed);
    catalog
        .groups()
        .forEach((group, versions) -> {
          String base = group.isEmpty() ? "/api" : "/apis/" + group;
          paths.add(base);
          versions.keySet().forEach(version -> paths.add(base + "/" + version));
        });
    return List.copyOf(paths);
  }
}

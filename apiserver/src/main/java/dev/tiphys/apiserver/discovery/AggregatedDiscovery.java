package dev.tiphys.apiserver.discovery;

import dev.tiphys.api.apidiscovery.v2.APIGroupDiscovery;
import dev.tiphys.api.apidiscovery.v2.APIGroupDiscoveryList;
import dev.tiphys.api.apidiscovery.v2.APIResourceDiscovery;
import dev.tiphys.api.apidiscovery.v2.APISubresourceDiscovery;
import dev.tiphys.api.apidiscovery.v2.APIVersionDiscovery;
import dev.tiphys.api.meta.v1.GroupVersionKind;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.schema.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** All groups with all their resources in one document (KEP-3352). Pure. */
final class AggregatedDiscovery {

  private AggregatedDiscovery() {}

  /**
   * The groups that a path tells: {@code /api} the core group, {@code /apis} all others.
   *
   * @param groups by name
   */
  static APIGroupDiscoveryList of(Catalog catalog, Predicate<String> groups) {
    List<APIGroupDiscovery> items = new ArrayList<>();
    catalog
        .groups()
        .forEach((name, versions) -> {
          if (!groups.test(name)) {
            return;
          }
          List<APIVersionDiscovery> told = new ArrayList<>();
          versions.forEach((version, entries) ->
              told.add(
                  APIVersionDiscovery.builder()
                      .version(version)
                      .resources(entries.stream().map(AggregatedDiscovery::resource).toList())
                      .freshness("Current")
                      .build()));
          items.add(
              APIGroupDiscovery.builder()
                  .metadata(
                      name.isEmpty() ? ObjectMeta.EMPTY : ObjectMeta.builder().name(name).build())
                  .versions(told)
                  .build());
        });
    return APIGroupDiscoveryList.builder().items(items).build();
  }

  private static APIResourceDiscovery resource(Catalog.Entry entry) {
    ResourceType<?> type = entry.type();
    return APIResourceDiscovery.builder()
        .resource(type.plural())
        .responseKind(kind(type.kind()))
        .scope(type.namespaced() ? "Namespaced" : "Cluster")
        .singularResource(type.singular())
        .verbs(entry.verbs())
        .shortNames(type.shortNames())
        .categories(type.categories())
        .subresources(
            entry.subresources().stream()
                .map(subresource ->
                    APISubresourceDiscovery.builder()
                        .subresource(subresource.name())
                        .responseKind(kind(subresource.kind()))
                        .verbs(subresource.verbs())
                        .build())
                .toList())
        .build();
  }

  private static GroupVersionKind kind(dev.tiphys.api.schema.GroupVersionKind kind) {
    return GroupVersionKind.builder()
        .group(kind.group())
        .version(kind.version())
        .kind(kind.kind())
        .build();
  }
}

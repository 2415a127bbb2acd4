package dev.tiphys.apiserver.discovery;

import dev.tiphys.api.meta.v1.APIGroup;
import dev.tiphys.api.meta.v1.APIGroupList;
import dev.tiphys.api.meta.v1.APIResource;
import dev.tiphys.api.meta.v1.APIResourceList;
import dev.tiphys.api.meta.v1.APIVersions;
import dev.tiphys.api.meta.v1.GroupVersionForDiscovery;
import dev.tiphys.api.meta.v1.ServerAddressByClientCIDR;
import dev.tiphys.api.schema.GroupVersionKind;
import dev.tiphys.api.schema.ResourceType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The documents of {@code /api}, {@code /apis} and below. Pure. */
final class LegacyDiscovery {

  private LegacyDiscovery() {}

  static APIVersions versions(Catalog catalog, String serverAddress) {
    var core = catalog.groups().get("");
    return APIVersions.builder()
        .versions(core == null ? List.of() : List.copyOf(core.keySet()))
        .serverAddressByClientCIDRs(
            List.of(
                ServerAddressByClientCIDR.builder()
                    .clientCIDR("0.0.0.0/0")
                    .serverAddress(serverAddress)
                    .build()))
        .build();
  }

  static APIGroupList groups(Catalog catalog) {
    return APIGroupList.builder()
        .groups(
            catalog.groups().keySet().stream()
                .filter(name -> !name.isEmpty())
                .map(name -> group(catalog, name))
                .toList())
        .build();
  }

  static APIGroup group(Catalog catalog, String name) {
    var versions = catalog.groups().get(name);
    List<GroupVersionForDiscovery> all =
        versions == null
            ? List.of()
            : versions.keySet().stream()
                .map(version ->
                    GroupVersionForDiscovery.builder()
                        .groupVersion(name + "/" + version)
                        .version(version)
                        .build())
                .toList();
    return APIGroup.builder()
        .name(name)
        .versions(all)
        .preferredVersion(all.isEmpty() ? null : all.getFirst())
        .build();
  }

  static APIResourceList resources(String groupVersion, List<Catalog.Entry> entries) {
    List<APIResource> resources = new ArrayList<>();
    for (Catalog.Entry entry : entries) {
      ResourceType<?> type = entry.type();
      resources.add(
          APIResource.builder()
              .name(type.plural())
              .singularName(type.singular())
              .namespaced(type.namespaced())
              .kind(type.kind().kind())
              .verbs(entry.verbs())
              .shortNames(type.shortNames())
              .categories(type.categories())
              .build());
      for (ResourceType.Subresource subresource : entry.subresources()) {
        GroupVersionKind kind = subresource.kind();
        boolean own = kind.group().equals(type.group()) && kind.version().equals(type.version());
        resources.add(
            APIResource.builder()
                .name(type.plural() + "/" + subresource.name())
                .singularName("")
                .namespaced(type.namespaced())
                .group(own ? null : orNull(kind.group()))
                .version(own ? null : kind.version())
                .kind(kind.kind())
                .verbs(subresource.verbs())
                .build());
      }
    }
    return APIResourceList.builder().groupVersion(groupVersion).resources(resources).build();
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }
}

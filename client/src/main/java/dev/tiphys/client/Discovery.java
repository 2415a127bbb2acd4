package dev.tiphys.client;

import dev.tiphys.api.meta.v1.APIGroup;
import dev.tiphys.api.meta.v1.APIGroupList;
import dev.tiphys.api.meta.v1.APIResource;
import dev.tiphys.api.meta.v1.APIResourceList;
import dev.tiphys.api.meta.v1.GroupVersionForDiscovery;
import dev.tiphys.api.schema.GroupVersionKind;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.schema.StructType;
import dev.tiphys.client.transport.Transport.Request;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Asks a server what it serves. */
final class Discovery {

  private final RestClient client;

  Discovery(RestClient client) {
    this.client = client;
  }

  /** Each resource once, in the version of its group that comes first. */
  List<ResourceType<ObjectHead>> preferred() {
    List<ResourceType<ObjectHead>> found = new ArrayList<>();
    add(found, new HashSet<>(), "", "v1");
    for (APIGroup group : get("/apis", APIGroupList.TYPE).groups()) {
      Set<String> seen = new HashSet<>();
      for (String version : versions(group)) {
        add(found, seen, Objects.requireNonNullElse(group.name(), ""), version);
      }
    }
    return found;
  }

  private static List<String> versions(APIGroup group) {
    List<String> versions = new ArrayList<>();
    GroupVersionForDiscovery preferred = group.preferredVersion();
    if (preferred != null && preferred.version() != null) {
      versions.add(preferred.version());
    }
    for (GroupVersionForDiscovery each : group.versions()) {
      if (each.version() != null && !versions.contains(each.version())) {
        versions.add(each.version());
      }
    }
    return versions;
  }

  private void add(
      List<ResourceType<ObjectHead>> found, Set<String> seen, String group, String version) {
    String path = group.isEmpty() ? "/api/" + version : "/apis/" + group + "/" + version;
    for (APIResource resource : get(path, APIResourceList.TYPE).resources()) {
      String name = Objects.requireNonNullElse(resource.name(), "");
      if (!name.contains("/") && seen.add(name)) {
        found.add(type(resource, name, group, version));
      }
    }
  }

  private static ResourceType<ObjectHead> type(
      APIResource resource, String name, String group, String version) {
    return new ResourceType<>(
        new GroupVersionKind(group, version, Objects.requireNonNullElse(resource.kind(), "")),
        name,
        Objects.requireNonNullElse(resource.singularName(), ""),
        resource.shortNames(),
        resource.categories(),
        Boolean.TRUE.equals(resource.namespaced()),
        resource.verbs(),
        List.of(),
        () -> ObjectHead.TYPE,
        () -> ObjectHead.LIST_TYPE);
  }

  private <T extends Struct> T get(String path, StructType<T> type) {
    Request request =
        Request.of("GET", path)
            .withTimeout(Limits.REQUEST_TIMEOUT)
            .withHeader("Accept", Wire.MEDIA_TYPE);
    return Wire.decode(client.exchange(request), type);
  }
}

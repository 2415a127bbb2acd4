package dev.tiphys.apiserver.aggregation;

import dev.tiphys.api.meta.v1.APIResource;
import dev.tiphys.api.meta.v1.APIResourceList;
import dev.tiphys.api.schema.CustomObject;
import dev.tiphys.api.schema.GroupVersionKind;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.apiserver.discovery.Catalog;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What another server says of its resources, as our discovery tells it. Pure. */
final class RemoteResources {

  private RemoteResources() {}

  static List<Catalog.Entry> of(RemoteApi api, APIResourceList list) {
    List<Catalog.Entry> entries = new ArrayList<>();
    for (APIResource resource : list.resources()) {
      String name = text(resource.name());
      if (!name.contains("/")) {
        entries.add(entry(api, list, resource, name));
      }
    }
    return entries;
  }

  private static Catalog.Entry entry(
      RemoteApi api, APIResourceList list, APIResource resource, String name) {
    List<ResourceType.Subresource> subresources = new ArrayList<>();
    for (APIResource other : list.resources()) {
      if (text(other.name()).startsWith(name + "/")) {
        subresources.add(
            new ResourceType.Subresource(
                text(other.name()).substring(name.length() + 1), kind(api, other), other.verbs()));
      }
    }
    ResourceType<CustomObject> type =
        new ResourceType<>(
            kind(api, resource),
            name,
            text(resource.singularName()),
            resource.shortNames(),
            resource.categories(),
            Boolean.TRUE.equals(resource.namespaced()),
            resource.verbs(),
            List.copyOf(subresources),
            () -> {
              throw new IllegalStateException(name + " are served elsewhere");
            },
            null);
    return new Catalog.Entry(type, resource.verbs(), List.copyOf(subresources));
  }

  private static GroupVersionKind kind(RemoteApi api, APIResource resource) {
    String group = text(resource.group());
    String version = text(resource.version());
    return new GroupVersionKind(
        group.isEmpty() ? api.group() : group,
        version.isEmpty() ? api.version() : version,
        text(resource.kind()));
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }
}

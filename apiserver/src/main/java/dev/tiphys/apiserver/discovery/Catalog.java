package dev.tiphys.apiserver.discovery;

import dev.tiphys.api.schema.GroupVersionKind;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.apiserver.conversion.VersionOrder;
import dev.tiphys.apiserver.resource.Endpoint;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.resource.Unstored;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The served resources by group and version, in the order in which discovery tells them.
 *
 * @param groups by name, the core group under the empty one; within it, resources by version
 */
public record Catalog(Map<String, Map<String, List<Entry>>> groups) {

  /**
   * A resource with the subresources that are served.
   *
   * @param verbs those that are served
   */
  public record Entry(
      ResourceType<?> type, List<String> verbs, List<ResourceType.Subresource> subresources) {}

  /** Gathers what is served. */
  public static Catalog of(Endpoints endpoints) {
    Map<String, Map<String, List<Entry>>> groups = new LinkedHashMap<>();
    for (Endpoint<?> endpoint : endpoints.all()) {
      add(groups, endpoint.type(), endpoint.resource().subresources());
    }
    for (Unstored action : endpoints.actions()) {
      add(groups, action.type(), Set.of());
    }
    for (Endpoint<?> endpoint : endpoints.custom()) {
      add(groups, endpoint.type(), endpoint.resource().subresources());
    }
    return new Catalog(sorted(groups));
  }

  /**
   * Groups and versions in the order of their priorities, resources by name, as upstream has it.
   */
  private static Map<String, Map<String, List<Entry>>> sorted(
      Map<String, Map<String, List<Entry>>> groups) {
    Map<String, Map<String, List<Entry>>> sorted = new TreeMap<>(GroupOrder.BY_PRIORITY);
    groups.forEach((group, versions) -> {
      Map<String, List<Entry>> best = new TreeMap<>(VersionOrder.NEWEST_FIRST);
      versions.forEach((version, entries) ->
          best.put(
              version,
              entries.stream().sorted(Comparator.comparing(e -> e.type().plural())).toList()));
      sorted.put(group, best);
    });
    return sorted;
  }

  /** These and what other servers serve; the same instance if they serve nothing. */
  public Catalog with(Map<String, Map<String, List<Entry>>> others) {
    if (others.isEmpty()) {
      return this;
    }
    Map<String, Map<String, List<Entry>>> all = new LinkedHashMap<>(groups);
    others.forEach((group, versions) -> {
      Map<String, List<Entry>> both = new LinkedHashMap<>(versions);
      both.putAll(all.getOrDefault(group, Map.of()));
      all.put(group, both);
    });
    return new Catalog(sorted(all));
  }

  private static void add(
      Map<String, Map<String, List<Entry>>> groups,
      ResourceType<?> type,
      Set<String> subresources) {
    GroupVersionKind kind = type.kind();
    groups
        .computeIfAbsent(kind.group(), _ -> new LinkedHashMap<>())
        .computeIfAbsent(kind.version(), _ -> new ArrayList<>())
        .add(
            new Entry(
                type,
                type.verbs(),
                type.subresources().stream()
                    .filter(sub -> subresources.contains(sub.name()))
                    .toList()));
  }
}

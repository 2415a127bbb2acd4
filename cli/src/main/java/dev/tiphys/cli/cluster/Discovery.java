package dev.tiphys.cli.cluster;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.tree.View;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads what a server says of itself: all in two documents where it can (KEP-3352), otherwise one
 * document a group and version.
 */
final class Discovery {

  static final String ACCEPT =
      "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";

  private Discovery() {}

  /**
   * Asks.
   *
   * @param get reads a document at a path, with {@link #ACCEPT}
   */
  static Catalog ask(Function<String, JsonTree.Obj> get) {
    List<ApiResource> found = new ArrayList<>();
    for (String root : List.of("/api", "/apis")) {
      View answer = new View(get.apply(root));
      if (answer.at("kind").text().equals("APIGroupDiscoveryList")) {
        aggregated(answer, found);
      } else {
        for (String path : versionPaths(root, answer)) {
          legacy(path, new View(get.apply(path)), found);
        }
      }
    }
    return new Catalog(found);
  }

  static void aggregated(View answer, List<ApiResource> found) {
    for (View group : answer.at("items").items()) {
      String name = group.at("metadata", "name").text();
      for (View version : group.at("versions").items()) {
        for (View each : version.at("resources").items()) {
          found.add(
              new ApiResource(
                  name,
                  version.at("version").text(),
                  each.at("responseKind", "kind").text(),
                  each.at("resource").text(),
                  each.at("singularResource").text(),
                  texts(each.at("shortNames")),
                  texts(each.at("categories")),
                  each.at("scope").text().equals("Namespaced"),
                  texts(each.at("verbs")),
                  each.at("subresources").items().stream()
                      .map(sub -> sub.at("subresource").text())
                      .toList()));
        }
      }
    }
  }

  private static List<String> versionPaths(String root, View answer) {
    if (root.equals("/api")) {
      return texts(answer.at("versions")).stream().map(version -> "/api/" + version).toList();
    }
    List<String> paths = new ArrayList<>();
    for (View group : answer.at("groups").items()) {
      Set<String> versions = new LinkedHashSet<>();
      versions.add(group.at("preferredVersion", "groupVersion").text());
      group.at("versions").items().forEach(each -> versions.add(each.at("groupVersion").text()));
      versions.forEach(version -> paths.add("/apis/" + version));
    }
    return paths;
  }

  static void legacy(String path, View answer, List<ApiResource> found) {
    String[] segments = path.split("/", -1);
    String group = segments.length > 3 ? segments[2] : "";
    String version = segments[segments.length - 1];
    Map<String, List<String>> subresources = new LinkedHashMap<>();
    for (View each : answer.at("resources").items()) {
      String[] name = each.at("name").text().split("/", 2);
      subresources.computeIfAbsent(name[0], any -> new ArrayList<>());
      if (name.length > 1) {
        subresources.get(name[0]).add(name[1]);
      }
    }
    for (View each : answer.at("resources").items()) {
      String name = each.at("name").text();
      if (!name.contains("/")) {
        found.add(
            new ApiResource(
                group,
                version,
                each.at("kind").text(),
                name,
                each.at("singularName").text(),
                texts(each.at("shortNames")),
                texts(each.at("categories")),
                each.at("namespaced").flag(),
                texts(each.at("verbs")),
                subresources.getOrDefault(name, List.of())));
      }
    }
  }

  private static List<String> texts(View list) {
    return list.items().stream().map(View::text).toList();
  }
}

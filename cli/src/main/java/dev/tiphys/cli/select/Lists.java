package dev.tiphys.cli.select;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Limits;
import dev.tiphys.cli.cluster.ApiResource;
import dev.tiphys.cli.cluster.Cluster;
import dev.tiphys.cli.tree.View;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lists objects, page by page. */
public final class Lists {

  private static final String JSON = "application/json";

  private Lists() {}

  /**
   * All objects of a resource.
   *
   * @param namespace empty for all
   */
  public static List<JsonTree.Obj> of(
      Cluster cluster,
      ApiResource resource,
      String namespace,
      String labelSelector,
      String fieldSelector) {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("labelSelector", labelSelector);
    query.put("fieldSelector", fieldSelector);
    query.put("limit", Integer.toString(Limits.PAGE));
    List<JsonTree.Obj> found = new ArrayList<>();
    do {
      View page = new View(cluster.get(resource.path(namespace), query, JSON));
      page.at("items").items().forEach(item -> found.add(complete(resource, item.object())));
      query.put("continue", page.at("metadata", "continue").text());
    } while (!query.get("continue").isEmpty());
    return found;
  }

  /** An item of a list with the kind and version that lists leave out. */
  public static JsonTree.Obj complete(ApiResource resource, JsonTree.Obj item) {
    Map<String, JsonTree> members = new LinkedHashMap<>();
    members.put("apiVersion", new JsonTree.Text(resource.apiVersion()));
    members.put("kind", new JsonTree.Text(resource.kind()));
    members.putAll(item.members());
    return new JsonTree.Obj(members);
  }
}

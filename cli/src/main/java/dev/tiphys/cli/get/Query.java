package dev.tiphys.cli.get;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.cluster.ApiResource;
import dev.tiphys.cli.cluster.Cluster;
import dev.tiphys.cli.print.Table;
import dev.tiphys.cli.select.Lists;
import dev.tiphys.cli.tree.View;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One thing to read.
 *
 * @param namespace empty for all, and for cluster-wide resources
 * @param name empty for a list
 * @param chunk how many objects to ask for at a time; 0 for all
 */
record Query(
    ApiResource resource,
    String namespace,
    String name,
    String selector,
    String fieldSelector,
    int chunk) {

  /** Reads objects. */
  List<JsonTree.Obj> objects(Cluster cluster) {
    return name.isEmpty()
        ? Lists.of(cluster, resource, namespace, selector, fieldSelector)
        : List.of(cluster.get(resource.path(namespace, name)));
  }

  /**
   * Reads rows.
   *
   * @param whole whether rows need their whole objects
   */
  Table table(Cluster cluster, Instant now, boolean whole) {
    Map<String, String> parameters = parameters();
    parameters.put("includeObject", whole ? "Object" : "");
    if (!name.isEmpty()) {
      return Table.read(
          cluster.get(resource.path(namespace, name), parameters, Cluster.TABLE), now);
    }
    parameters.put("limit", chunk == 0 ? "" : Integer.toString(chunk));
    Table table = new Table(List.of(), List.of());
    do {
      JsonTree.Obj page = cluster.get(resource.path(namespace), parameters, Cluster.TABLE);
      table = table.plus(Table.read(page, now));
      parameters.put("continue", new View(page).at("metadata", "continue").text());
    } while (!parameters.get("continue").isEmpty());
    return table;
  }

  /** The parameters that select objects of a list. */
  Map<String, String> parameters() {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("labelSelector", selector);
    parameters.put("fieldSelector", fieldSelector);
    return parameters;
  }

  /** This query as one for a list, which can be watched. */
  Query asList() {
    return name.isEmpty()
        ? this
        : new Query(resource, namespace, "", "", "metadata.name=" + name, chunk);
  }
}

package dev.tiphys.cli.select;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Limits;
import dev.tiphys.cli.cluster.ApiResource;
import dev.tiphys.cli.cluster.Cluster;
import dev.tiphys.cli.cluster.Watch;
import dev.tiphys.cli.tree.View;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An object that a command is about.
 *
 * @param namespace empty for cluster-wide resources
 * @param object the object as listed or as a file has it; null if only its name is known
 * @param file the file that names it; empty if none does
 */
public record Target(
    ApiResource resource,
    String namespace,
    String name,
    JsonTree.@Nullable Obj object,
    String file) {

  /** An object of the cluster. */
  public static Target of(ApiResource resource, JsonTree.Obj object) {
    View metadata = new View(object).at("metadata");
    return new Target(
        resource,
        resource.namespaced() ? metadata.at("namespace").text() : "",
        metadata.at("name").text(),
        object,
        "");
  }

  /** Where the API has it. */
  public String path() {
    return resource.path(namespace, name);
  }

  /** Where the API has a subresource of it. */
  public String path(String subresource) {
    return path() + "/" + subresource;
  }

  /** {@code deployment.apps/web}. */
  public String shown() {
    return resource.show(name);
  }

  /** The object as the cluster has it: as listed, or read now. */
  public JsonTree.Obj live(Cluster cluster) {
    return object != null && file.isEmpty() ? object : cluster.get(path());
  }

  /**
   * Watches this object alone.
   *
   * @param from the object as it was last seen
   * @param left how long the watch may live at most
   */
  public Watch watch(Cluster cluster, JsonTree.Obj from, Duration left) {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("fieldSelector", "metadata.name=" + name);
    query.put("resourceVersion", new View(from).at("metadata", "resourceVersion").text());
    Duration life = left.compareTo(Limits.WATCH) > 0 ? Limits.WATCH : left;
    return cluster.watch(resource.path(namespace), query, "application/json", life);
  }
}

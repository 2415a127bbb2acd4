package dev.tiphys.cli.cluster;

import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.client.Paths;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A resource as the server tells of it.
 *
 * @param group empty for the core group
 * @param plural as in paths
 * @param singular may be empty
 * @param verbs what it allows, as {@code list}
 * @param subresources names, as {@code scale}
 */
public record ApiResource(
    String group,
    String version,
    String kind,
    String plural,
    String singular,
    List<String> shortNames,
    List<String> categories,
    boolean namespaced,
    List<String> verbs,
    List<String> subresources) {

  /** A resource that every cluster has, so that the server need not be asked. */
  public static ApiResource of(ResourceType<?> type) {
    return new ApiResource(
        type.group(),
        type.version(),
        type.kind().kind(),
        type.plural(),
        type.singular(),
        type.shortNames(),
        type.categories(),
        type.namespaced(),
        type.verbs(),
        List.of());
  }

  /** {@code group/version}, or the version alone in the core group. */
  public String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  /** {@code deployments.apps}: how error messages name it. */
  public String qualified() {
    return group.isEmpty() ? plural : plural + "." + group;
  }

  /** {@code deployment.apps/web}: how messages name an object. */
  public String show(String name) {
    return singularQualified() + "/" + name;
  }

  /** {@code deployment.apps}. */
  public String singularQualified() {
    String lower = kind.toLowerCase(Locale.ROOT);
    return group.isEmpty() ? lower : lower + "." + group;
  }

  /**
   * The path of the collection.
   *
   * @param namespace ignored for cluster-wide resources; null or empty for all namespaces
   */
  public String path(@Nullable String namespace) {
    StringBuilder path = new StringBuilder(group.isEmpty() ? "/api/" : "/apis/");
    path.append(apiVersion());
    if (namespaced && namespace != null && !namespace.isEmpty()) {
      path.append("/namespaces/").append(Paths.segment(namespace));
    }
    return path.append('/').append(plural).toString();
  }

  /** The path of an object. */
  public String path(@Nullable String namespace, String name) {
    return path(namespace) + "/" + Paths.segment(name);
  }
}

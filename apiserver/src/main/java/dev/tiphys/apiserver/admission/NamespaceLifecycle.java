package dev.tiphys.apiserver.admission;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.Namespace;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.strategy.ClusterView;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Nothing is created in a namespace that does not exist or is being deleted, and the namespaces
 * that the cluster itself needs are not deleted.
 */
public final class NamespaceLifecycle implements Admission {

  private static final Set<String> IMMORTAL = Set.of("default", "kube-system", "kube-public");
  private static final Set<String> ACCESS_REVIEWS = Set.of("localsubjectaccessreviews");

  private final ClusterView view;

  /** Namespaces whose deletion passed here and may not have reached the view yet. */
  private final Set<String> deletedOfLate = ConcurrentHashMap.newKeySet();

  /** Looks namespaces up in a view. */
  public NamespaceLifecycle(ClusterView view) {
    this.view = view;
  }

  @Override
  public void validate(Request request, @Nullable ApiObject object, @Nullable ApiObject old) {
    if (request.isAbout("", "namespaces")) {
      if (request.operation() == Operation.DELETE && IMMORTAL.contains(request.name())) {
        throw ApiException.forbidden(
            "", "namespaces", request.name(), "this namespace may not be deleted");
      }
      if (request.operation() == Operation.DELETE && !request.dryRun()) {
        deletedOfLate.add(request.name());
      }
      return;
    }
    if (request.operation() != Operation.CREATE
        || request.namespace().isEmpty()
        || ACCESS_REVIEWS.contains(request.type().plural())) {
      return;
    }
    String name = request.namespace();
    Namespace namespace = find(name);
    if (namespace == null) {
      throw ApiException.notFound("", "namespaces", name);
    }
    if (namespace.metadata().deletionTimestamp() != null) {
      String objectName =
          object == null || object.metadata().name() == null ? "" : object.metadata().name();
      ApiException refused =
          ApiException.forbidden(
              request.type().group(),
              request.type().plural(),
              objectName,
              "unable to create new content in namespace "
                  + name
                  + " because it is being terminated");
      throw new ApiException(
          refused.reason(),
          refused.text(),
          new ApiException.Details(
              objectName,
              request.type().group(),
              request.type().plural(),
              "",
              List.of(
                  new ApiException.Cause(
                      "NamespaceTerminating",
                      "namespace " + name + " is being terminated",
                      "metadata.namespace")),
              0));
    }
  }

  private @Nullable Namespace find(String name) {
    Namespace cached = view.get(Resources.NAMESPACES, "", name);
    if (cached == null || cached.metadata().deletionTimestamp() != null) {
      deletedOfLate.remove(name);
    }
    return cached == null || deletedOfLate.contains(name)
        ? view.getFresh(Resources.NAMESPACES, "", name)
        : cached;
  }
}

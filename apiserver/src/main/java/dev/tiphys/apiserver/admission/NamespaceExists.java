package dev.tiphys.apiserver.admission;

import dev.tiphys.api.Resources;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.strategy.ClusterView;
import org.jspecify.annotations.Nullable;

/** Nothing is written in a namespace that is not there. */
public final class NamespaceExists implements Admission {

  private final ClusterView view;

  /** Looks namespaces up in a view. */
  public NamespaceExists(ClusterView view) {
    this.view = view;
  }

  @Override
  public void validate(Request request, @Nullable ApiObject object, @Nullable ApiObject old) {
    String namespace = request.namespace();
    if (request.operation() == Operation.CONNECT
        || namespace.isEmpty()
        || request.isAbout("", "namespaces")
        || view.get(Resources.NAMESPACES, "", namespace) != null
        || view.getFresh(Resources.NAMESPACES, "", namespace) != null) {
      return;
    }
    throw ApiException.notFound("", "namespaces", namespace);
  }
}

package dev.tiphys.apiserver.admission;

import dev.tiphys.api.Resources;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.strategy.ClusterView;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Makes the namespace in which the first object is written. */
public final class NamespaceAutoProvision implements Admission {

  private final ClusterView view;
  private final AtomicReference<@Nullable Consumer<String>> maker = new AtomicReference<>();

  /** Looks namespaces up in a view. */
  public NamespaceAutoProvision(ClusterView view) {
    this.view = view;
  }

  /** Says who makes namespaces, once the server is put together; before that none are made. */
  public void madeBy(Consumer<String> namespaces) {
    maker.set(namespaces);
  }

  @Override
  public <T extends ApiObject> T mutate(Request request, T object, @Nullable T old) {
    String namespace = request.namespace();
    Consumer<String> make = maker.get();
    if (make != null
        && request.operation() == Operation.CREATE
        && !request.dryRun()
        && !namespace.isEmpty()
        && !request.isAbout("", "namespaces")
        && view.get(Resources.NAMESPACES, "", namespace) == null
        && view.getFresh(Resources.NAMESPACES, "", namespace) == null) {
      make.accept(namespace);
    }
    return object;
  }
}

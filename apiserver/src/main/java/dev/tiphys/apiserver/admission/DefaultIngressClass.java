package dev.tiphys.apiserver.admission;

import dev.tiphys.api.Resources;
import dev.tiphys.api.networking.v1.Ingress;
import dev.tiphys.api.networking.v1.IngressSpec;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.strategy.ClusterView;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An ingress that names no class gets the default one, the newest if there are several. */
public final class DefaultIngressClass implements Admission {

  private static final Set<String> DEFAULT = Set.of("ingressclass.kubernetes.io/is-default-class");
  private static final String OLD_NAME = "kubernetes.io/ingress.class";

  private final ClusterView view;

  /** Looks classes up in a view. */
  public DefaultIngressClass(ClusterView view) {
    this.view = view;
  }

  @Override
  @SuppressWarnings("unchecked") // an ingress is given back for an ingress
  public <T extends ApiObject> T mutate(Request request, T object, @Nullable T old) {
    if (request.operation() != Operation.CREATE
        || !(object instanceof Ingress ingress)
        || ingress.metadata().annotations().containsKey(OLD_NAME)) {
      return object;
    }
    IngressSpec spec = Objects.requireNonNullElse(ingress.spec(), IngressSpec.EMPTY);
    if (spec.ingressClassName() != null) {
      return object;
    }
    return DefaultClasses.find(view.list(Resources.INGRESS_CLASSES, ""), DEFAULT)
        .map(found -> (T) ingress.withSpec(spec.withIngressClassName(found)))
        .orElse(object);
  }
}

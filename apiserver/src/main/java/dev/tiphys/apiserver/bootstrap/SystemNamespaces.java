package dev.tiphys.apiserver.bootstrap;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.Namespace;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.apiserver.resource.Endpoint;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.resource.WriteContext;
import dev.tiphys.apiserver.storage.ObjectKey;
import java.util.List;

/** The namespaces that every cluster has. */
public final class SystemNamespaces implements Bootstrap.Step {

  private static final List<String> NAMES =
      List.of("default", "kube-system", "kube-public", "kube-node-lease");

  private final Endpoints endpoints;

  /** Creates them through the verbs. */
  public SystemNamespaces(Endpoints endpoints) {
    this.endpoints = endpoints;
  }

  @Override
  public String name() {
    return "start-system-namespaces-controller";
  }

  @Override
  public void run() {
    Endpoint<Namespace> namespaces = endpoints.of(Resources.NAMESPACES);
    for (String name : NAMES) {
      if (namespaces.reads().find(ObjectKey.clusterScoped(name)) == null) {
        create(endpoints, name);
      }
    }
  }

  /** Creates a namespace unless it is there. */
  public static void create(Endpoints endpoints, String name) {
    Ensure.created(
        endpoints.of(Resources.NAMESPACES),
        WriteContext.ofServer("kube-apiserver"),
        Namespace.builder().metadata(ObjectMeta.builder().name(name).build()).build());
  }
}

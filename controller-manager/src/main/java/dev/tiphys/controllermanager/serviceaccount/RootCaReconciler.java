package dev.tiphys.controllermanager.serviceaccount;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.ConfigMap;
import dev.tiphys.api.core.v1.Namespace;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.client.ApiException;
import dev.tiphys.client.Client;
import dev.tiphys.client.ObjectKey;
import dev.tiphys.client.ResourceClient;
import dev.tiphys.client.controller.Reconciler;
import dev.tiphys.client.informer.Lister;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the certificate authority into each namespace, for pods to know the API server by. */
public final class RootCaReconciler implements Reconciler<ObjectKey> {

  /** The name of the ConfigMap. */
  public static final String NAME = "kube-root-ca.crt";

  private static final Logger log = LoggerFactory.getLogger(RootCaReconciler.class);

  private final ResourceClient<ConfigMap> maps;
  private final Lister<Namespace> namespaces;
  private final Lister<ConfigMap> lister;
  private final Map<String, String> data;

  /**
   * Makes the reconciler.
   *
   * @param lister ConfigMaps of that name at least
   * @param authority certificates in PEM
   */
  public RootCaReconciler(
      Client client, Lister<Namespace> namespaces, Lister<ConfigMap> lister, String authority) {
    this.maps = client.resource(Resources.CONFIG_MAPS);
    this.namespaces = namespaces;
    this.lister = lister;
    this.data = Map.of("ca.crt", authority);
  }

  @Override
  public Result reconcile(ObjectKey key) {
    Namespace namespace = namespaces.get(key);
    if (namespace == null || namespace.metadata().deletionTimestamp() != null) {
      return Result.DONE;
    }
    ConfigMap current = lister.get(key.name(), NAME);
    try {
      if (current == null) {
        maps.create(
            ConfigMap.builder()
                .metadata(ObjectMeta.builder().namespace(key.name()).name(NAME).build())
                .data(data)
                .build());
      } else if (!current.data().equals(data)) {
        maps.update(current.withData(data));
      }
    } catch (ApiException.AlreadyExists | ApiException.NotFound settled) {
      log.debug("event=root-ca-settled namespace={} cause={}", key, settled.getMessage());
    }
    return Result.DONE;
  }
}

package dev.tiphys.controllermanager.serviceaccount;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.Namespace;
import dev.tiphys.api.core.v1.ServiceAccount;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.client.ApiException;
import dev.tiphys.client.Client;
import dev.tiphys.client.ObjectKey;
import dev.tiphys.client.ResourceClient;
import dev.tiphys.client.controller.Reconciler;
import dev.tiphys.client.informer.Lister;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives each namespace the ServiceAccount that pods get if they ask for none. Keys: namespaces. */
public final class DefaultAccountReconciler implements Reconciler<ObjectKey> {

  private static final Logger log = LoggerFactory.getLogger(DefaultAccountReconciler.class);
  private static final String NAME = "default";

  private final ResourceClient<ServiceAccount> accounts;
  private final Lister<Namespace> namespaces;
  private final Lister<ServiceAccount> lister;

  /** Makes the reconciler. */
  public DefaultAccountReconciler(
      Client client, Lister<Namespace> namespaces, Lister<ServiceAccount> lister) {
    this.accounts = client.resource(Resources.SERVICE_ACCOUNTS);
    this.namespaces = namespaces;
    this.lister = lister;
  }

  @Override
  public Result reconcile(ObjectKey key) {
    Namespace namespace = namespaces.get(key);
    boolean wanted = namespace != null && namespace.metadata().deletionTimestamp() == null;
    if (!wanted || lister.get(key.name(), NAME) != null) {
      return Result.DONE;
    }
    try {
      accounts.create(
          ServiceAccount.builder()
              .metadata(ObjectMeta.builder().namespace(key.name()).name(NAME).build())
              .build());
    } catch (ApiException.AlreadyExists | ApiException.NotFound settled) {
      log.debug("event=account-settled namespace={} cause={}", key, settled.getMessage());
    }
    return Result.DONE;
  }
}

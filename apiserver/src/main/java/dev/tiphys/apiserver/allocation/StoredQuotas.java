package dev.tiphys.apiserver.allocation;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.ResourceQuota;
import dev.tiphys.apiserver.admission.QuotaLedger;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.resource.CacheView;
import dev.tiphys.apiserver.storage.Change;
import dev.tiphys.apiserver.storage.ObjectKey;
import dev.tiphys.apiserver.storage.Preconditions;
import dev.tiphys.apiserver.storage.StorageException;
import java.util.function.UnaryOperator;

/** What is used of quotas, in the quotas that are stored. Thread-safe. */
public final class StoredQuotas implements QuotaLedger {

  private final CacheView view;

  /** Finds the quotas through a view. */
  public StoredQuotas(CacheView view) {
    this.view = view;
  }

  @Override
  public void change(String namespace, String name, UnaryOperator<ResourceQuota> change) {
    try {
      view.store(Resources.RESOURCE_QUOTAS)
          .update(
              new ObjectKey(namespace, name),
              Preconditions.NONE,
              present -> new Change.Put<>(change.apply(present.object())));
    } catch (StorageException.NotFound _) {
      // Deleted meanwhile: it bounds nothing any more.
    } catch (StorageException e) {
      throw ApiException.internal(
          "failed to count what is used of quota " + name + ": " + e.getMessage(), e);
    }
  }
}

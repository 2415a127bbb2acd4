package dev.tiphys.apiserver.admission;

import dev.tiphys.api.core.v1.ResourceQuota;
import java.util.function.UnaryOperator;

/** Keeps how much of each quota is used, where all API servers see it. Thread-safe; may block. */
@FunctionalInterface
public interface QuotaLedger {

  /**
   * Changes a quota, as nobody else does at the same time.
   *
   * @param change from its present state to the next; called again if others were faster. What it
   *     throws counts if the state that it saw is the present one
   */
  void change(String namespace, String name, UnaryOperator<ResourceQuota> change);
}

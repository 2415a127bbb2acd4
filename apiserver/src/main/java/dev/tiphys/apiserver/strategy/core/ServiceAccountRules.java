package dev.tiphys.apiserver.strategy.core;

import dev.tiphys.api.core.v1.ServiceAccount;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.List;

/** The rules of ServiceAccount. */
public final class ServiceAccountRules {

  private static final String MOUNTABLE = "kubernetes.io/enforce-mountable-secrets";

  private ServiceAccountRules() {}

  /** The rules. */
  public static Strategy<ServiceAccount> rules() {
    return KindRules.<ServiceAccount>builder()
        .warnings((object, old) ->
            asks(object) && (old == null || !asks(old))
                ? List.of(
                    "metadata.annotations["
                        + MOUNTABLE
                        + "]: deprecated in v1.32+; prefer separate namespaces to isolate access to"
                        + " mounted secrets")
                : List.of())
        .build();
  }

  private static boolean asks(ServiceAccount object) {
    return object.metadata().annotations().containsKey(MOUNTABLE);
  }
}

package dev.tiphys.apiserver;

import dev.tiphys.api.Resources;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.apiserver.admission.Admission;
import dev.tiphys.apiserver.authn.ServiceAccountTokens;
import dev.tiphys.apiserver.authz.AuthorizerChain;
import dev.tiphys.apiserver.extension.CustomResources;
import dev.tiphys.apiserver.extension.CustomScale;
import dev.tiphys.apiserver.kubelet.BackendProxy;
import dev.tiphys.apiserver.kubelet.KubeletClient;
import dev.tiphys.apiserver.resource.Chance;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.strategy.ClusterView;
import dev.tiphys.apiserver.subresource.BindingSubresource;
import dev.tiphys.apiserver.subresource.ContainerConnection;
import dev.tiphys.apiserver.subresource.ContainerConnection.Kind;
import dev.tiphys.apiserver.subresource.EvictionSubresource;
import dev.tiphys.apiserver.subresource.FieldScaling;
import dev.tiphys.apiserver.subresource.FinalizeSubresource;
import dev.tiphys.apiserver.subresource.ProxySubresource;
import dev.tiphys.apiserver.subresource.ProxySubresource.Target;
import dev.tiphys.apiserver.subresource.ScaleSubresource;
import dev.tiphys.apiserver.subresource.Subresource;
import dev.tiphys.apiserver.subresource.TokenSubresource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Who answers for each subresource but {@code status}. */
final class Subresources {

  private Subresources() {}

  static Map<String, Subresource> all(
      Config config,
      Endpoints endpoints,
      CustomResources custom,
      ClusterView view,
      ServiceAccountTokens tokens,
      Admission admission,
      AuthorizerChain authorizer,
      KubeletClient kubelets,
      BindingSubresource binding,
      BackendProxy proxy,
      Chance chance) {
    Map<String, Subresource> all = new HashMap<>();
    all.put("*/scale", new CustomScale(endpoints, custom::scaleOf));
    all.put("pods/binding", binding);
    all.put("pods/eviction", new EvictionSubresource(endpoints, view, chance.clock()));
    Map.of("pods", Target.POD, "services", Target.SERVICE, "nodes", Target.NODE)
        .forEach((plural, target) ->
            all.put(
                plural + "/proxy",
                new ProxySubresource(
                    target, endpoints, view, kubelets, proxy, admission, chance.random())));
    all.put("namespaces/finalize", new FinalizeSubresource(endpoints));
    all.put(
        "serviceaccounts/token",
        new TokenSubresource(
            endpoints, view, tokens, admission, config.serviceAccounts().maxExpiration()));
    for (ResourceType<?> type :
        List.of(
            Resources.DEPLOYMENTS,
            Resources.REPLICA_SETS,
            Resources.STATEFUL_SETS,
            Resources.REPLICATION_CONTROLLERS)) {
      all.put(type.plural() + "/scale", scale(type, endpoints));
    }
    Map.of(
            "log", Kind.LOG,
            "exec", Kind.EXEC,
            "attach", Kind.ATTACH,
            "portforward", Kind.PORT_FORWARD)
        .forEach((name, kind) ->
            all.put(
                "pods/" + name,
                new ContainerConnection(kind, endpoints, kubelets, admission, authorizer)));
    return all;
  }

  private static <T extends ApiObject> Subresource scale(
      ResourceType<T> type, Endpoints endpoints) {
    return new ScaleSubresource<>(type, endpoints, new FieldScaling<>());
  }
}

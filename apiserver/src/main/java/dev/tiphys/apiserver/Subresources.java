package dev.tiphys.apiserver;

import dev.tiphys.api.Resources;
import dev.tiphys.api.apps.v1.Deployment;
import dev.tiphys.api.apps.v1.DeploymentSpec;
import dev.tiphys.api.apps.v1.ReplicaSet;
import dev.tiphys.api.apps.v1.ReplicaSetSpec;
import dev.tiphys.api.meta.v1.LabelSelector;
import dev.tiphys.apiserver.admission.Admission;
import dev.tiphys.apiserver.authn.ServiceAccountTokens;
import dev.tiphys.apiserver.authz.AuthorizerChain;
import dev.tiphys.apiserver.kubelet.KubeletClient;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.strategy.ClusterView;
import dev.tiphys.apiserver.subresource.BindingSubresource;
import dev.tiphys.apiserver.subresource.ContainerConnection;
import dev.tiphys.apiserver.subresource.ContainerConnection.Kind;
import dev.tiphys.apiserver.subresource.EvictionSubresource;
import dev.tiphys.apiserver.subresource.FinalizeSubresource;
import dev.tiphys.apiserver.subresource.ScaleSubresource;
import dev.tiphys.apiserver.subresource.ScaleSubresource.Scalable;
import dev.tiphys.apiserver.subresource.Subresource;
import dev.tiphys.apiserver.subresource.TokenSubresource;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who answers for each subresource but {@code status}. */
final class Subresources {

  private static final Scalable<Deployment> DEPLOYMENT =
      new Scalable<>() {
        @Override
        public int desired(Deployment object) {
          return object.spec() == null ? 0 : number(object.spec().replicas());
        }

        @Override
        public int present(Deployment object) {
          return object.status() == null ? 0 : number(object.status().replicas());
        }

        @Override
        public @Nullable LabelSelector selector(Deployment object) {
          return object.spec() == null ? null : object.spec().selector();
        }

        @Override
        public Deployment withDesired(Deployment object, int replicas) {
          DeploymentSpec spec = object.spec();
          return spec == null ? object : object.withSpec(spec.withReplicas(replicas));
        }
      };

  private static final Scalable<ReplicaSet> REPLICA_SET =
      new Scalable<>() {
        @Override
        public int desired(ReplicaSet object) {
          return object.spec() == null ? 0 : number(object.spec().replicas());
        }

        @Override
        public int present(ReplicaSet object) {
          return object.status() == null ? 0 : number(object.status().replicas());
        }

        @Override
        public @Nullable LabelSelector selector(ReplicaSet object) {
          return object.spec() == null ? null : object.spec().selector();
        }

        @Override
        public ReplicaSet withDesired(ReplicaSet object, int replicas) {
          ReplicaSetSpec spec = object.spec();
          return spec == null ? object : object.withSpec(spec.withReplicas(replicas));
        }
      };

  private Subresources() {}

  private static int number(@Nullable Integer value) {
    return value == null ? 0 : value;
  }

  static Map<String, Subresource> all(
      Config config,
      Endpoints endpoints,
      ClusterView view,
      ServiceAccountTokens tokens,
      Admission admission,
      AuthorizerChain authorizer,
      KubeletClient kubelets,
      BindingSubresource binding) {
    Map<String, Subresource> all = new HashMap<>();
    all.put("pods/binding", binding);
    all.put("pods/eviction", new EvictionSubresource(endpoints));
    all.put("namespaces/finalize", new FinalizeSubresource(endpoints));
    all.put(
        "serviceaccounts/token",
        new TokenSubresource(
            endpoints, view, tokens, admission, config.serviceAccounts().maxExpiration()));
    all.put(
        "deployments/scale", new ScaleSubresource<>(Resources.DEPLOYMENTS, endpoints, DEPLOYMENT));
    all.put(
        "replicasets/scale",
        new ScaleSubresource<>(Resources.REPLICA_SETS, endpoints, REPLICA_SET));
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
}

package dev.tiphys.apiserver.authz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.core.v1.PersistentVolume;
import dev.tiphys.api.core.v1.PersistentVolumeClaim;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.bootstrap.DefaultRoles;
import dev.tiphys.apiserver.strategy.ClusterView;
import dev.tiphys.apiserver.strategy.FewObjects;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the node n1 may do, on which the pod {@code a/web} runs. */
class NodeAuthorizerTest {

  private static final Pod WEB =
      JsonCodec.decode(
          """
          {"metadata":{"namespace":"a","name":"web"},"spec":{"nodeName":"n1","serviceAccountName":"sa",
           "containers":[{"name":"c","envFrom":[{"secretRef":{"name":"env"}}]}],
           "volumes":[{"name":"v","persistentVolumeClaim":{"claimName":"claim"}},
            {"name":"e","ephemeral":{}},{"name":"m","configMap":{"name":"map"}}]}}
          """,
          Pod.TYPE);
  private static final Map<String, ApiObject> OBJECTS =
      Map.of(
          "a/claim",
          JsonCodec.decode("{\"spec\":{\"volumeName\":\"volume\"}}", PersistentVolumeClaim.TYPE),
          "/volume",
          JsonCodec.decode(
              """
              {"metadata":{"name":"volume"},"spec":{"csi":{"driver":"d","volumeHandle":"h",
               "nodePublishSecretRef":{"namespace":"storage","name":"key"}}}}
              """,
              PersistentVolume.TYPE));

  private static final ClusterView VIEW =
      new FewObjects((namespace, name) -> OBJECTS.get(namespace + "/" + name));

  private final NodeAuthorizer node =
      new NodeAuthorizer(
          DefaultRoles.nodeRules(),
          new NodeRelations(
              (name, namespace) ->
                  name.equals("n1") && (namespace.isEmpty() || namespace.equals("a"))
                      ? List.of(WEB)
                      : List.of(),
              VIEW));

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "get|secrets|a|env|yes",
        "watch|secrets|a|env|yes",
        "get|secrets|a|other|no relationship found between node 'n1' and this object",
        "get|secrets|storage|key|yes",
        "list|secrets|a|-|No Object name found",
        "update|secrets|a|env|can only read resources of this type",
        "get|configmaps|a|map|yes",
        "get|configmaps|b|map|no relationship found between node 'n1' and this object",
        "get|persistentvolumeclaims|a|claim|yes",
        "get|persistentvolumeclaims|a|web-e|yes",
        "list|persistentvolumeclaims|a|-|can only get individual resources of this type",
        "get|persistentvolumes|-|volume|yes",
        "get|persistentvolumes|-|other|no relationship found between node 'n1' and this object",
        "create|serviceaccounts/token|a|sa|yes",
        "create|serviceaccounts/token|a|default|no relationship found between node 'n1' and this object",
        "create|serviceaccounts|a|-|can only create token subresource of this type",
        "get|pods|a|web|yes",
        "get|pods|a|other|no relationship found between node 'n1' and this object",
        "list|pods|-|-|can only list/watch pods with spec.nodeName field selector",
        "delete|pods|b|any|yes",
        "patch|pods/status|b|any|yes",
        "update|pods|a|web|-",
        "get|nodes|-|n1|yes",
        "get|nodes|-|n2|node 'n1' cannot read 'n2', only its own Node object",
        "list|nodes|-|-|node 'n1' cannot read all nodes, only its own Node object",
        "patch|nodes/status|-|n1|yes",
        "delete|nodes|-|n1|-",
        "update|leases.coordination.k8s.io|kube-node-lease|n1|yes",
        "update|leases.coordination.k8s.io|kube-node-lease|n2|can only access node lease with the same name as the requesting node",
        "update|leases.coordination.k8s.io|default|n1|can only access leases in the \"kube-node-lease\" system namespace",
        "get|csinodes.storage.k8s.io|-|n2|can only access CSINode with the same name as the requesting node",
        "list|services|-|-|yes",
        "create|services|a|-|-",
        "create|tokenreviews.authentication.k8s.io|-|-|yes",
      })
  void aNodeMayWhatItsRulesSayAndWhatConcernsItself(
      String verb,
      String resource,
      @Nullable String namespace,
      @Nullable String name,
      @Nullable String answer) {
    String[] parts = resource.split("/");
    String plural = parts[0].split("\\.")[0];
    String group = parts[0].substring(Math.min(parts[0].length(), plural.length() + 1));

    Authorizer.Decision decision =
        node.decide(
            Attributes.resource(
                User.of("system:node:n1", List.of("system:nodes")),
                verb,
                group,
                plural,
                parts.length > 1 ? parts[1] : "",
                namespace == null ? "" : namespace,
                name == null ? "" : name));

    assertThat(decision.allowed()).as(decision.reason()).isEqualTo("yes".equals(answer));
    if (!decision.allowed()) {
      assertThat(decision.reason()).isEqualTo(answer == null ? "" : answer);
    }
  }
}

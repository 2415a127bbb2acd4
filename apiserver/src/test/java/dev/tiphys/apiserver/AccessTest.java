package dev.tiphys.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.apiserver.TestApi.Answer;
import dev.tiphys.apiserver.TestApi.Client;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Who may do what. */
final class AccessTest extends InNamespace {

  @Test
  void rolesDecideWhoMayDoWhat() {
    Client joe = api.as("joe-token");
    Answer refused = joe.get(core + "/pods");
    assertThat(refused.code()).isEqualTo(403);
    assertThat(refused.at("message"))
        .isEqualTo(
            "pods is forbidden: User \"joe\" cannot list resource \"pods\" in API group \"\" in"
                + " the namespace \""
                + namespace
                + "\"");
    admin.post(
        "/apis/rbac.authorization.k8s.io/v1/namespaces/" + namespace + "/rolebindings",
        """
        {"metadata":{"name":"rb"},"subjects":[{"kind":"Group","name":"devs","apiGroup":"rbac.authorization.k8s.io"}],
         "roleRef":{"kind":"ClusterRole","name":"view","apiGroup":"rbac.authorization.k8s.io"}}
        """);
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> joe.get(core + "/pods").code() == 200);
    assertThat(joe.post(core + "/configmaps", "{\"metadata\":{\"name\":\"m\"}}").code())
        .isEqualTo(403);
    assertThat(admin.get(core + "/secrets", "Impersonate-User", "joe").code()).isEqualTo(403);
    assertThat(joe.get(core + "/pods", "Impersonate-User", "admin").code()).isEqualTo(403);
  }

  @Test
  void nobodyGrantsWhatTheyDoNotHave() {
    String roles = "/apis/rbac.authorization.k8s.io/v1/namespaces/" + namespace + "/roles";
    String bindings =
        "/apis/rbac.authorization.k8s.io/v1/namespaces/" + namespace + "/rolebindings";
    admin.post(
        bindings,
        """
        {"metadata":{"name":"rb"},"subjects":[{"kind":"User","name":"joe"}],
         "roleRef":{"kind":"ClusterRole","name":"admin"}}
        """);
    Client joe = api.as("joe-token");
    Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> joe.get(roles).code() == 200);
    String role =
        "{\"metadata\":{\"name\":\"r\"},\"rules\":[{\"verbs\":[\"get\"],\"apiGroups\":[\"\"],\"resources\":[\"%s\"]}]}";
    assertThat(joe.post(roles, role.formatted("pods")).code()).isEqualTo(201);
    Answer refused = joe.post(roles, role.replace("\"r\"", "\"s\"").formatted("nodes"));
    assertThat(refused.code()).isEqualTo(403);
    assertThat(refused.at("message"))
        .contains("is attempting to grant RBAC permissions not currently held")
        .contains("{APIGroups:[\"\"], Resources:[\"nodes\"], Verbs:[\"get\"]}");
    assertThat(
            joe.post(
                    bindings,
                    """
                    {"metadata":{"name":"up"},"subjects":[{"kind":"User","name":"joe"}],
                     "roleRef":{"kind":"ClusterRole","name":"cluster-admin"}}
                    """)
                .code())
        .isEqualTo(403);
  }

  @Test
  void strangersSeeHealthAndNothingElse() {
    Client nobody = api.as(null);
    assertThat(nobody.get("/readyz").body()).isEqualTo("ok");
    assertThat(nobody.get("/api").code()).isEqualTo(403);
    assertThat(api.as("wrong").get("/readyz").code()).isEqualTo(401);
  }

  @Test
  void tokensOfServiceAccountsDieWithTheirAccount() {
    Answer issued =
        admin.post(
            core + "/serviceaccounts/default/token", "{\"spec\":{\"expirationSeconds\":600}}");
    assertThat(issued.code()).isEqualTo(201);
    Client account = api.as(issued.at("status.token"));
    Answer who = account.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}");
    assertThat(who.at("status.userInfo.username"))
        .isEqualTo("system:serviceaccount:" + namespace + ":default");
    admin.delete(core + "/serviceaccounts/default", "");
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> account.get("/version").code() == 401);
  }

  @Test
  void nodesReadOnlyWhatTheirPodsNeed() {
    Client node = api.as("node-token");
    admin.post(core + "/secrets", "{\"metadata\":{\"name\":\"s\"}}");
    assertThat(node.get(core + "/secrets/s").code()).isEqualTo(403);
    admin.post(
        core + "/pods",
        """
        {"metadata":{"name":"p"},"spec":{"nodeName":"n1","containers":[{"name":"c","image":"i",
         "envFrom":[{"secretRef":{"name":"s"}}]}]}}
        """);
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> node.get(core + "/secrets/s").code() == 200);
    assertThat(node.post("/api/v1/nodes", "{\"metadata\":{\"name\":\"n2\"}}").at("message"))
        .contains("node \"n1\" is not allowed to modify node \"n2\"");
  }
}

package dev.tiphys.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tiphys.api.codec.ProtobufCodec;
import dev.tiphys.api.core.v1.ConfigMap;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.apiserver.TestApi.Answer;
import dev.tiphys.apiserver.TestApi.Client;
import dev.tiphys.apiserver.storage.EtcdProcess;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ApiServerTest {

  private static final String POD =
      """
      {"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"tiphys.local/echo:1"}]}}
      """;
  private static final String DEPLOYMENT =
      """
      {"metadata":{"name":"web"},"spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}},
       "template":{"metadata":{"labels":{"app":"web"}},
                   "spec":{"containers":[{"name":"c","image":"tiphys.local/echo:1"}]}}}}
      """;

  private TestApi api;
  private Client admin;
  private String namespace = "";
  private String core = "";
  private String apps = "";

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    assumeTrue(EtcdProcess.installed(), "no etcd here: Debian's package is etcd-server");
    api = TestApi.start(folder);
    admin = api.admin();
  }

  @AfterAll
  void stop() throws Exception {
    if (api != null) {
      api.close();
    }
  }

  @BeforeEach
  void namespaceOfItsOwn(TestInfo test) {
    namespace = "t" + Math.abs(test.getDisplayName().hashCode());
    core = "/api/v1/namespaces/" + namespace;
    apps = "/apis/apps/v1/namespaces/" + namespace;
    admin.post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"" + namespace + "\"}}");
    admin.post(core + "/serviceaccounts", "{\"metadata\":{\"name\":\"default\"}}");
  }

  private Answer configMap(String name) {
    return admin.post(
        core + "/configmaps", "{\"metadata\":{\"name\":\"" + name + "\"},\"data\":{\"a\":\"b\"}}");
  }

  @Test
  void whatIsCreatedIsReadChangedAndDeleted() {
    Answer created = configMap("m");
    assertThat(created.code()).isEqualTo(201);
    assertThat(created.at("kind")).isEqualTo("ConfigMap");
    assertThat(created.at("metadata.uid")).isNotEmpty();
    assertThat(created.at("metadata.managedFields.0.operation")).isEqualTo("Update");

    assertThat(admin.get(core + "/configmaps/m").at("data.a")).isEqualTo("b");
    Answer patched =
        admin.patch(core + "/configmaps/m", "merge-patch+json", "{\"data\":{\"a\":\"c\"}}");
    assertThat(patched.at("data.a")).isEqualTo("c");
    assertThat(patched.at("metadata.resourceVersion"))
        .isNotEqualTo(created.at("metadata.resourceVersion"));

    Answer deleted = admin.delete(core + "/configmaps/m", "");
    assertThat(deleted.at("status")).isEqualTo("Success");
    assertThat(admin.get(core + "/configmaps/m").at("message"))
        .isEqualTo("configmaps \"m\" not found");
  }

  @Test
  void aStaleUpdateIsAConflict() {
    Answer created = configMap("m");
    admin.patch(core + "/configmaps/m", "merge-patch+json", "{\"data\":{\"a\":\"c\"}}");
    Answer stale = admin.put(core + "/configmaps/m", created.body());
    assertThat(stale.code()).isEqualTo(409);
    assertThat(stale.at("reason")).isEqualTo("Conflict");
    assertThat(stale.at("message"))
        .isEqualTo(
            "Operation cannot be fulfilled on configmaps \"m\": the object has been modified;"
                + " please apply your changes to the latest version and try again");
  }

  @Test
  void namesAreGeneratedAndTakenOnce() {
    Answer generated = admin.post(core + "/configmaps", "{\"metadata\":{\"generateName\":\"g-\"}}");
    assertThat(generated.at("metadata.name")).matches("g-[a-z0-9]{5}");
    configMap("m");
    Answer taken = configMap("m");
    assertThat(taken.code()).isEqualTo(409);
    assertThat(taken.at("message")).isEqualTo("configmaps \"m\" already exists");
  }

  @Test
  void unknownFieldsWarnOrFail() {
    String body = "{\"metadata\":{\"name\":\"m\"},\"dta\":{}}";
    Answer strict = admin.post(core + "/configmaps?fieldValidation=Strict", body);
    assertThat(strict.code()).isEqualTo(400);
    assertThat(strict.at("message")).endsWith("strict decoding error: unknown field \"dta\"");
    Answer warned = admin.post(core + "/configmaps", body);
    assertThat(warned.code()).isEqualTo(201);
    assertThat(warned.header("Warning")).isEqualTo("299 - \"unknown field \\\"dta\\\"\"");
  }

  @Test
  void everyUnknownOrDoubleFieldHasAWarningOfItsOwn() {
    Answer warned =
        admin.post(
            core + "/configmaps",
            "{\"metadata\":{\"name\":\"m\",\"labels\":{\"a\":\"1\",\"a\":\"2\"}},"
                + "\"dta\":{},\"more\":1,\"data\":{},\"data\":{\"b\":\"c\"}}");
    Answer inYaml =
        admin.send(
            "POST",
            core + "/configmaps?fieldValidation=Strict",
            "application/yaml",
            "metadata: {name: twice}\ndata: {a: b}\ndata: {a: c}\n");
    Answer ignored =
        admin.post(
            core + "/configmaps?fieldValidation=Ignore", "{\"metadata\":{\"name\":\"i\"},\"x\":1}");

    assertThat(warned.response().headers().allValues("Warning"))
        .containsExactlyInAnyOrder(
            "299 - \"duplicate field \\\"metadata.labels.a\\\"\"",
            "299 - \"unknown field \\\"dta\\\"\"",
            "299 - \"unknown field \\\"more\\\"\"",
            "299 - \"duplicate field \\\"data\\\"\"");
    assertThat(inYaml.code()).isEqualTo(400);
    assertThat(inYaml.at("message")).endsWith("duplicate field \"data\"");
    assertThat(ignored.code()).isEqualTo(201);
    assertThat(ignored.header("Warning")).isEmpty();
  }

  @Test
  void aJsonPatchThatDoesNotFitSaysWhatUpstreamSays() {
    configMap("m");
    Answer refused =
        admin.patch(
            core + "/configmaps/m",
            "json-patch+json",
            "[{\"op\":\"test\",\"path\":\"/data/a\",\"value\":\"x\"}]");
    assertThat(refused.code()).isEqualTo(422);
    assertThat(refused.at("reason")).isEqualTo("Invalid");
    assertThat(refused.at("message"))
        .isEqualTo("the server rejected our request due to an error in our request");
  }

  @Test
  void dryRunStoresNothing() {
    Answer dry = admin.post(core + "/configmaps?dryRun=All", "{\"metadata\":{\"name\":\"m\"}}");
    assertThat(dry.code()).isEqualTo(201);
    assertThat(admin.get(core + "/configmaps/m").code()).isEqualTo(404);
  }

  @Test
  void listsComeInPagesOfOneRevision() {
    for (int i = 0; i < 5; i++) {
      configMap("m" + i);
    }
    Answer first = admin.get(core + "/configmaps?limit=2");
    configMap("m9");
    Answer second =
        admin.get(core + "/configmaps?limit=10&continue=" + first.at("metadata.continue"));
    assertThat(first.at("items.1.metadata.name")).isEqualTo("m1");
    assertThat(first.at("metadata.remainingItemCount")).isEqualTo("3");
    assertThat(second.at("items.0.metadata.name")).isEqualTo("m2");
    assertThat(second.at("items.2.metadata.name")).isEqualTo("m4");
    assertThat(second.at("items.3.metadata.name")).isEmpty();
    assertThat(second.at("metadata.resourceVersion"))
        .isEqualTo(first.at("metadata.resourceVersion"));
    assertThat(first.at("items.0.kind")).as("as upstream, items do not name their kind").isEmpty();
  }

  @Test
  void aWatchTellsWhatHappensAfterAList() throws Exception {
    String version = admin.get(core + "/configmaps").at("metadata.resourceVersion");
    try (BufferedReader events =
        new BufferedReader(
            new InputStreamReader(
                admin.stream(
                    core + "/configmaps?watch=1&labelSelector=see%3Dme&resourceVersion=" + version),
                StandardCharsets.UTF_8))) {
      configMap("m");
      admin.patch(
          core + "/configmaps/m",
          "merge-patch+json",
          "{\"metadata\":{\"labels\":{\"see\":\"me\"}}}");
      admin.patch(core + "/configmaps/m", "merge-patch+json", "{\"data\":{\"a\":\"z\"}}");
      admin.patch(
          core + "/configmaps/m", "merge-patch+json", "{\"metadata\":{\"labels\":{\"see\":null}}}");
      assertThat(type(events.readLine())).isEqualTo("ADDED");
      assertThat(type(events.readLine())).isEqualTo("MODIFIED");
      assertThat(type(events.readLine())).isEqualTo("DELETED");
    }
  }

  private static String type(String line) {
    return line.substring("{\"type\":\"".length(), line.indexOf("\",\"object\""));
  }

  @Test
  void tablesHaveTheColumnsOfKubectlGet() {
    admin.post(core + "/pods", POD);
    Answer table =
        admin.get(
            core + "/pods",
            "Accept",
            "application/json;as=Table;v=v1;g=meta.k8s.io,application/json");
    assertThat(table.at("kind")).isEqualTo("Table");
    assertThat(table.at("columnDefinitions.1.name")).isEqualTo("Ready");
    assertThat(table.at("rows.0.cells.1")).isEqualTo("0/1");
    assertThat(table.at("rows.0.cells.2")).isEqualTo("Pending");
    assertThat(table.at("rows.0.object.kind")).isEqualTo("PartialObjectMetadata");
  }

  @Test
  void protobufGoesBothWays() {
    ProtobufCodec codec = new ProtobufCodec();
    ConfigMap map =
        ConfigMap.builder()
            .metadata(ObjectMeta.builder().name("m").build())
            .data(Map.of("a", "b"))
            .build();
    Answer created =
        admin.send(
            "POST",
            core + "/configmaps",
            "application/vnd.kubernetes.protobuf",
            codec.encode(map),
            "Accept",
            "application/vnd.kubernetes.protobuf");
    assertThat(created.code()).isEqualTo(201);
    assertThat(created.header("Content-Type")).isEqualTo("application/vnd.kubernetes.protobuf");
    assertThat(admin.get(core + "/configmaps/m").at("data.a")).isEqualTo("b");
  }

  @Test
  void podsAreCompletedBeforeTheyAreStored() {
    Answer pod = admin.post(core + "/pods", POD);
    assertThat(pod.code()).isEqualTo(201);
    assertThat(pod.at("spec.serviceAccountName")).isEqualTo("default");
    assertThat(pod.at("spec.volumes.0.name")).startsWith("kube-api-access-");
    assertThat(pod.at("spec.containers.0.volumeMounts.0.mountPath"))
        .isEqualTo("/var/run/secrets/kubernetes.io/serviceaccount");
    assertThat(pod.at("spec.tolerations.1.tolerationSeconds")).isEqualTo("300");
    assertThat(pod.at("spec.priority")).isEqualTo("0");
    assertThat(pod.at("status.phase")).isEqualTo("Pending");
  }

  @Test
  void aPodIsBoundOnceAndDeletedInTwoSteps() {
    admin.post(core + "/pods", POD);
    String binding = "{\"target\":{\"kind\":\"Node\",\"name\":\"n1\"}}";
    assertThat(admin.post(core + "/pods/p/binding", binding).code()).isEqualTo(201);
    Answer again = admin.post(core + "/pods/p/binding", binding);
    assertThat(again.code()).isEqualTo(409);
    assertThat(again.at("message")).contains("pod p is already assigned to node \"n1\"");

    Answer ending = admin.delete(core + "/pods/p", "");
    assertThat(ending.at("metadata.deletionGracePeriodSeconds")).isEqualTo("30");
    assertThat(admin.get(core + "/pods/p").code()).isEqualTo(200);
    admin.delete(core + "/pods/p", "{\"gracePeriodSeconds\":0}");
    assertThat(admin.get(core + "/pods/p").code()).isEqualTo(404);
  }

  @Test
  void finalizersKeepAnObjectUntilTheLastIsGone() {
    admin.post(
        core + "/configmaps", "{\"metadata\":{\"name\":\"m\",\"finalizers\":[\"x.test/f\"]}}");
    admin.delete(core + "/configmaps/m", "");
    assertThat(admin.get(core + "/configmaps/m").at("metadata.deletionTimestamp")).isNotEmpty();
    admin.patch(core + "/configmaps/m", "merge-patch+json", "{\"metadata\":{\"finalizers\":null}}");
    assertThat(admin.get(core + "/configmaps/m").code()).isEqualTo(404);
  }

  @Test
  void propagationPolicyBecomesAFinalizer() {
    admin.post(apps + "/deployments", DEPLOYMENT);
    Answer waiting =
        admin.delete(apps + "/deployments/web", "{\"propagationPolicy\":\"Foreground\"}");
    assertThat(waiting.at("metadata.finalizers.0")).isEqualTo("foregroundDeletion");
  }

  @Test
  void generationsCountWhatIsAskedForAndStatusIsWrittenApart() {
    admin.post(apps + "/deployments", DEPLOYMENT);
    Answer labeled =
        admin.patch(
            apps + "/deployments/web",
            "strategic-merge-patch+json",
            "{\"metadata\":{\"labels\":{\"a\":\"b\"}},\"status\":{\"replicas\":9}}");
    assertThat(labeled.at("metadata.generation")).isEqualTo("1");
    assertThat(labeled.at("status.replicas")).isEmpty();
    Answer reported =
        admin.patch(
            apps + "/deployments/web/status",
            "merge-patch+json",
            "{\"spec\":{\"replicas\":7},\"status\":{\"replicas\":2}}");
    assertThat(reported.at("status.replicas")).isEqualTo("2");
    assertThat(reported.at("spec.replicas")).isEqualTo("2");
    Answer scaled =
        admin.patch(
            apps + "/deployments/web/scale", "merge-patch+json", "{\"spec\":{\"replicas\":5}}");
    assertThat(scaled.at("kind")).isEqualTo("Scale");
    assertThat(scaled.at("status.selector")).isEqualTo("app=web");
    Answer changed = admin.get(apps + "/deployments/web");
    assertThat(changed.at("spec.replicas")).isEqualTo("5");
    assertThat(changed.at("metadata.generation")).isEqualTo("2");
  }

  @Test
  void applyCreatesOwnsAndConflicts() {
    String path = core + "/configmaps/m?fieldManager=";
    String body = "{apiVersion: v1, kind: ConfigMap, metadata: {name: m}, data: {q: %s}}";
    assertThat(admin.patch(path + "one", "apply-patch+yaml", body.formatted("r")).code())
        .isEqualTo(201);
    Answer conflict = admin.patch(path + "two", "apply-patch+yaml", body.formatted("s"));
    assertThat(conflict.code()).isEqualTo(409);
    assertThat(conflict.at("details.causes.0.reason")).isEqualTo("FieldManagerConflict");
    Answer forced = admin.patch(path + "two&force=true", "apply-patch+yaml", body.formatted("s"));
    assertThat(forced.at("data.q")).isEqualTo("s");
  }

  @Test
  void aDeletedNamespaceTakesNothingNewAndGoesWhenFinalized() {
    admin.delete("/api/v1/namespaces/" + namespace, "");
    Answer refused = configMap("m");
    assertThat(refused.code()).isEqualTo(403);
    assertThat(refused.at("details.causes.0.reason")).isEqualTo("NamespaceTerminating");
    Answer terminating = admin.get("/api/v1/namespaces/" + namespace);
    assertThat(terminating.at("status.phase")).isEqualTo("Terminating");
    admin.put(
        "/api/v1/namespaces/" + namespace + "/finalize",
        "{\"metadata\":{\"name\":\"" + namespace + "\"},\"spec\":{}}");
    assertThat(admin.get("/api/v1/namespaces/" + namespace).code()).isEqualTo(404);
  }

  @Test
  void eventsAreTheSameInBothGroups() {
    admin.post(
        core + "/events",
        """
        {"metadata":{"name":"e"},"involvedObject":{"kind":"Pod","name":"p","namespace":"%s"},
         "reason":"Why","message":"words","type":"Normal"}
        """
            .formatted(namespace));
    Answer other = admin.get("/apis/events.k8s.io/v1/namespaces/" + namespace + "/events/e");
    assertThat(other.at("apiVersion")).isEqualTo("events.k8s.io/v1");
    assertThat(other.at("note")).isEqualTo("words");
    assertThat(other.at("regarding.name")).isEqualTo("p");
  }

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

  @Test
  void theServerPublishesItself() {
    Answer service = admin.get("/api/v1/namespaces/default/services/kubernetes");
    assertThat(service.at("spec.clusterIP")).isEqualTo("10.96.0.1");
    Answer slice =
        admin.get("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes");
    assertThat(slice.at("endpoints.0.addresses.0")).isEqualTo("127.0.0.1");
  }

  @Test
  void discoveryComesInBothForms() {
    assertThat(admin.get("/api/v1").at("resources.0.name")).isNotEmpty();
    String aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
    Answer all = admin.get("/apis", "Accept", aggregated);
    assertThat(all.header("Content-Type")).isEqualTo(aggregated);
    assertThat(all.at("items.0.metadata.name")).isEqualTo("apiregistration.k8s.io");
    assertThat(all.at("items.1.metadata.name")).isEqualTo("apps");
    Answer unchanged =
        admin.get("/apis", "Accept", aggregated, "If-None-Match", all.header("ETag"));
    assertThat(unchanged.code()).isEqualTo(304);
  }

  @Test
  void openApiDescribesEveryGroupVersion() {
    Answer index = admin.get("/openapi/v3");
    String url = urlOf(index, "apis/apps/v1");
    Answer document = admin.get(url);
    assertThat(document.at("openapi")).isEqualTo("3.0.0");
    assertThat(document.body())
        .contains("\"io.k8s.api.apps.v1.Deployment\"", "x-kubernetes-list-map-keys");
    assertThat(admin.get(url, "If-None-Match", document.header("ETag")).code()).isEqualTo(304);
    assertThat(admin.get("/openapi/v2").at("swagger")).isEqualTo("2.0");
  }

  private static String urlOf(Answer index, String path) {
    String start = "\"" + path + "\":{\"serverRelativeURL\":\"";
    int from = index.body().indexOf(start) + start.length();
    return index.body().substring(from, index.body().indexOf('"', from));
  }
}

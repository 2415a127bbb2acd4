package dev.tiphys.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.codec.JsonTree.Obj;
import dev.tiphys.apiserver.TestApi.Answer;
import dev.tiphys.apiserver.TestApi.Client;
import dev.tiphys.apiserver.storage.EtcdProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Webhooks and policies over HTTP: each test in a namespace of its own, which they select. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AdmissionExtensionsTest {

  private static final String GROUP = "/apis/admissionregistration.k8s.io/v1/";

  private TestApi api;
  private TestHook hook;
  private Client admin;
  private String namespace = "";
  private String maps = "";

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    assumeTrue(EtcdProcess.installed(), "no etcd here: Debian's package is etcd-server");
    api = TestApi.start(folder);
    hook = TestHook.start(folder);
    admin = api.admin();
  }

  @AfterAll
  void stop() throws Exception {
    if (api != null) {
      hook.close();
      api.close();
    }
  }

  @BeforeEach
  void namespaceOfItsOwn(TestInfo test) {
    namespace = "t" + Math.abs(test.getDisplayName().hashCode());
    maps = "/api/v1/namespaces/" + namespace + "/configmaps";
    admin.post(
        "/api/v1/namespaces",
        "{\"metadata\":{\"name\":\""
            + namespace
            + "\",\"labels\":{\"hooked\":\""
            + namespace
            + "\"}}}");
  }

  private Answer configMap(String name, String data) {
    return admin.post(maps, "{\"metadata\":{\"name\":\"" + name + "\"},\"data\":" + data + "}");
  }

  private String selector() {
    return "{\"matchLabels\":{\"hooked\":\"" + namespace + "\"}}";
  }

  private void configured(String plural, String more) {
    Answer made =
        admin.post(
            GROUP + plural,
            """
            {"metadata":{"name":"%s"},"webhooks":[{"name":"hook.test.io","clientConfig":%s,
              "rules":[{"operations":["CREATE","UPDATE","DELETE"],"apiGroups":[""],
                "apiVersions":["v1"],"resources":["configmaps"]}],
              "namespaceSelector":%s,"sideEffects":"None","admissionReviewVersions":["v1"]%s}]}
            """
                .formatted(namespace, hook.client(), selector(), more));
    assertThat(made.code()).as(made.body()).isEqualTo(201);
  }

  private static String patch(String operations) {
    String encoded =
        Base64.getEncoder().encodeToString(operations.getBytes(StandardCharsets.UTF_8));
    return "\"allowed\":true,\"patchType\":\"JSONPatch\",\"patch\":\"" + encoded + "\"";
  }

  /** Tries until the configuration has come through. */
  private static void eventually(ThrowingRunnable check) {
    Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(check);
  }

  @Test
  void aMutatingWebhookChangesWhatIsStored() {
    hook.answers(review ->
        TestHook.admission(
            review,
            patch("[{\"op\":\"add\",\"path\":\"/data/by\",\"value\":\"hook\"}]")
                + ",\"warnings\":[\"be careful\"]"));
    configured("mutatingwebhookconfigurations", "");
    eventually(() -> {
      Answer made = configMap("m" + System.nanoTime(), "{\"a\":\"b\"}");
      assertThat(made.at("data.by")).isEqualTo("hook");
      assertThat(made.header("Warning")).contains("be careful");
    });
    Obj request = TestHook.request(hook.asked().getLast());
    assertThat(TestHook.text(request, "operation")).isEqualTo("CREATE");
    assertThat(request.toJson())
        .contains("\"object\":{\"kind\":\"ConfigMap\"")
        .contains("\"username\":\"admin\"");
    assertThat(request.get("oldObject")).isEqualTo(JsonTree.Null.NULL);
  }

  @Test
  void aValidatingWebhookRefuses() {
    hook.answers(review ->
        TestHook.admission(
            review, "\"allowed\":false,\"status\":{\"code\":403,\"message\":\"not today\"}"));
    configured("validatingwebhookconfigurations", "");
    eventually(() -> {
      Answer refused = configMap("m" + System.nanoTime(), "{}");
      assertThat(refused.code()).isEqualTo(403);
      assertThat(refused.at("message"))
          .isEqualTo("admission webhook \"hook.test.io\" denied the request: not today");
    });
  }

  @Test
  void matchConditionsDecideWhetherItIsAsked() {
    hook.answers(review -> TestHook.admission(review, "\"allowed\":false"));
    configured(
        "validatingwebhookconfigurations",
        ",\"matchConditions\":[{\"name\":\"big\",\"expression\":\"has(object.data) && object.data.size() > 1\"}]");
    eventually(() ->
        assertThat(configMap("m" + System.nanoTime(), "{\"a\":\"1\",\"b\":\"2\"}").at("message"))
            .isEqualTo(
                "admission webhook \"hook.test.io\" denied the request without explanation"));
    assertThat(configMap("small", "{\"a\":\"1\"}").code()).isEqualTo(201);
  }

  @Test
  void aWebhookThatIsAwayStopsRequestsUnlessItIsIgnored() {
    hook.answers(_ -> "not json");
    configured("validatingwebhookconfigurations", "");
    eventually(() -> {
      Answer failed = configMap("m" + System.nanoTime(), "{}");
      assertThat(failed.code()).isEqualTo(500);
      assertThat(failed.at("message"))
          .startsWith("Internal error occurred: failed calling webhook \"hook.test.io\"");
    });
    admin.patch(
        GROUP + "validatingwebhookconfigurations/" + namespace,
        "json-patch+json",
        "[{\"op\":\"replace\",\"path\":\"/webhooks/0/failurePolicy\",\"value\":\"Ignore\"}]");
    eventually(() -> assertThat(configMap("m" + System.nanoTime(), "{}").code()).isEqualTo(201));
  }

  @Test
  void policiesRefuseWhatTheirBindingsSay() {
    Answer policy =
        admin.post(
            GROUP + "validatingadmissionpolicies",
            """
            {"metadata":{"name":"%1$s"},"spec":{
              "matchConstraints":{"resourceRules":[{"apiGroups":[""],"apiVersions":["v1"],
                "operations":["CREATE","UPDATE"],"resources":["configmaps"]}]},
              "paramKind":{"apiVersion":"v1","kind":"ConfigMap"},
              "variables":[{"name":"most","expression":"int(params.data.most)"}],
              "validations":[{"expression":"!has(object.data) || object.data.size() <= variables.most",
                "messageExpression":"'at most ' + string(variables.most) + ' in ' + request.namespace"}]}}
            """
                .formatted(namespace));
    assertThat(policy.code()).as(policy.body()).isEqualTo(201);
    assertThat(configMap("params", "{\"most\":\"1\"}").code()).isEqualTo(201);
    Answer binding =
        admin.post(
            GROUP + "validatingadmissionpolicybindings",
            """
            {"metadata":{"name":"%1$s-b"},"spec":{"policyName":"%1$s","validationActions":["Deny"],
              "paramRef":{"name":"params","parameterNotFoundAction":"Deny"},
              "matchResources":{"namespaceSelector":%2$s}}}
            """
                .formatted(namespace, selector()));
    assertThat(binding.code()).as(binding.body()).isEqualTo(201);
    eventually(() -> {
      Answer refused = configMap("m", "{\"a\":\"1\",\"b\":\"2\"}");
      assertThat(refused.code()).isEqualTo(422);
      assertThat(refused.at("message"))
          .isEqualTo(
              "configmaps \"m\" is forbidden: ValidatingAdmissionPolicy '"
                  + namespace
                  + "' with binding '"
                  + namespace
                  + "-b' denied request: at most 1 in "
                  + namespace);
      admin.delete(maps + "/m", "");
    });
    assertThat(configMap("one", "{\"a\":\"1\"}").code()).isEqualTo(201);
  }

  private Answer autoscaler(String version, String name, String metrics) {
    return admin.post(
        "/apis/autoscaling/" + version + "/namespaces/" + namespace + "/horizontalpodautoscalers",
        """
        {"metadata":{"name":"%s"},"spec":{"maxReplicas":3,%s
          "scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"d"}}}
        """
            .formatted(name, metrics));
  }

  private static final String CPU =
      "\"metrics\":[{\"type\":\"Resource\",\"resource\":{\"name\":\"cpu\",\"target\":{\"type\":\"Utilization\",\"averageUtilization\":90}}}],";

  @Test
  void aWebhookForOneVersionSeesAllInThatVersion() {
    hook.answers(review ->
        TestHook.admission(
            review,
            patch(
                "[{\"op\":\"replace\",\"path\":\"/spec/targetCPUUtilizationPercentage\",\"value\":50}]")));
    Answer made =
        admin.post(
            GROUP + "mutatingwebhookconfigurations",
            """
            {"metadata":{"name":"%s"},"webhooks":[{"name":"hook.test.io","clientConfig":%s,
              "rules":[{"operations":["CREATE"],"apiGroups":["autoscaling"],
                "apiVersions":["v1"],"resources":["horizontalpodautoscalers"]}],
              "namespaceSelector":%s,"sideEffects":"None","admissionReviewVersions":["v1"]}]}
            """
                .formatted(namespace, hook.client(), selector()));
    assertThat(made.code()).as(made.body()).isEqualTo(201);

    eventually(() ->
        assertThat(
                autoscaler("v2", "a" + System.nanoTime(), CPU)
                    .at("spec.metrics.0.resource.target.averageUtilization"))
            .isEqualTo("50"));

    assertThat(TestHook.request(hook.asked().getLast()).toJson())
        .contains(
            "\"resource\":{\"group\":\"autoscaling\",\"version\":\"v1\"",
            "\"requestResource\":{\"group\":\"autoscaling\",\"version\":\"v2\"",
            "\"apiVersion\":\"autoscaling/v1\"",
            "\"targetCPUUtilizationPercentage\":90");
  }

  private void autoscalerPolicy(String name, String matchPolicy) {
    Answer policy =
        admin.post(
            GROUP + "validatingadmissionpolicies",
            """
            {"metadata":{"name":"%1$s"},"spec":{
              "matchConstraints":{"matchPolicy":"%2$s","resourceRules":[{"apiGroups":["autoscaling"],
                "apiVersions":["v1"],"operations":["CREATE"],"resources":["horizontalpodautoscalers"]}]},
              "validations":[{"expression":"object.spec.targetCPUUtilizationPercentage < 60",
                "messageExpression":"'%2$s ' + request.requestKind.version + ' as ' + request.kind.version"}]}}
            """
                .formatted(name, matchPolicy));
    assertThat(policy.code()).as(policy.body()).isEqualTo(201);
    admin.post(
        GROUP + "validatingadmissionpolicybindings",
        """
        {"metadata":{"name":"%1$s"},"spec":{"policyName":"%1$s","validationActions":["Deny"],
          "matchResources":{"namespaceSelector":%2$s}}}
        """
            .formatted(name, selector()));
  }

  @Test
  void aPolicyForOneVersionJudgesAllUnlessItMeansThatOneOnly() {
    autoscalerPolicy(namespace + "-a", "Exact");
    eventually(() ->
        assertThat(autoscaler("v1", "old", "\"targetCPUUtilizationPercentage\":70,").at("message"))
            .endsWith("Exact v1 as v1"));
    assertThat(autoscaler("v2", "new", CPU).code()).isEqualTo(201);

    autoscalerPolicy(namespace + "-b", "Equivalent");
    eventually(() -> {
      Answer refused = autoscaler("v2", "other" + System.nanoTime(), CPU);
      assertThat(refused.at("message")).endsWith("Equivalent v2 as v1");
    });
  }

  @Test
  void whoWritesAPolicyIsToldWhatDoesNotFitTheKindsThatItNames() {
    String policies = GROUP + "validatingadmissionpolicies";
    Answer made =
        admin.post(
            policies,
            """
            {"metadata":{"name":"%s"},"spec":{
              "matchConstraints":{"resourceRules":[{"apiGroups":["apps"],"apiVersions":["v1"],
                "operations":["CREATE"],"resources":["statefulsets","deployments"]}]},
              "paramKind":{"apiVersion":"v1","kind":"ConfigMap"},
              "variables":[{"name":"most","expression":"int(params.data['most'])"},
                {"name":"least","expression":"variables.most - 1"}],
              "validations":[{"expression":"object.replicas > 1"},
                {"expression":"object.spec.replicas > variables.least && object.metadata.name != ''",
                 "messageExpression":"string(object.spec.serviceName)"},
                {"expression":"variables.most == 'a'"}]}}
            """
                .formatted(namespace));
    assertThat(made.code()).as(made.body()).isEqualTo(201);

    eventually(() ->
        assertThat(admin.get(policies + "/" + namespace).at("status.observedGeneration"))
            .isEqualTo("1"));

    Answer told = admin.get(policies + "/" + namespace);
    String warnings = "status.typeChecking.expressionWarnings";
    assertThat(told.at(warnings + ".0.fieldRef")).isEqualTo("spec.validations[0].expression");
    assertThat(told.at(warnings + ".0.warning"))
        .isEqualTo(
            """
            apps/v1, Kind=Deployment: ERROR: <input>:1:7: undefined field 'replicas'
             | object.replicas > 1
             | ......^

            apps/v1, Kind=StatefulSet: ERROR: <input>:1:7: undefined field 'replicas'
             | object.replicas > 1
             | ......^
            """);
    assertThat(told.at(warnings + ".1.fieldRef"))
        .isEqualTo("spec.validations[1].messageExpression");
    assertThat(told.at(warnings + ".1.warning"))
        .startsWith("apps/v1, Kind=Deployment:")
        .doesNotContain("StatefulSet");
    assertThat(told.at(warnings + ".2.warning")).contains("found no matching overload for '_==_'");
    assertThat(told.at(warnings + ".3.warning")).isEmpty();
  }

  @Test
  void otherServersServeGroupsBehindThisOne() {
    String list =
        """
        {"kind":"APIResourceList","apiVersion":"v1","groupVersion":"far.test/v1","resources":[
          {"name":"stars","singularName":"star","namespaced":false,"kind":"Star",
           "verbs":["get","list"]}]}
        """;
    hook.serves(exchange ->
        switch (exchange.getRequestURI().getPath()) {
          case "/apis/far.test/v1" -> list;
          case "/apis/far.test/v1/stars/sol" ->
              "{\"user\":\""
                  + exchange.getRequestHeaders().getFirst("X-Remote-User")
                  + "\",\"group\":\""
                  + exchange.getRequestHeaders().getFirst("X-Remote-Group")
                  + "\",\"token\":\""
                  + exchange.getRequestHeaders().getFirst("Authorization")
                  + "\"}";
          default -> "";
        });
    admin.post(
        "/api/v1/namespaces/" + namespace + "/services",
        "{\"metadata\":{\"name\":\"far\"},\"spec\":{\"type\":\"ExternalName\","
            + "\"externalName\":\"localhost\"}}");
    Answer made =
        admin.post(
            "/apis/apiregistration.k8s.io/v1/apiservices",
            """
            {"metadata":{"name":"v1.far.test"},"spec":{"group":"far.test","version":"v1",
              "groupPriorityMinimum":1000,"versionPriority":15,"insecureSkipTLSVerify":true,
              "service":{"namespace":"%s","name":"far","port":%d}}}
            """
                .formatted(namespace, hook.port()));
    assertThat(made.code()).as(made.body()).isEqualTo(201);
    eventually(() -> {
      Answer service = admin.get("/apis/apiregistration.k8s.io/v1/apiservices/v1.far.test");
      assertThat(service.at("status.conditions.0.message")).isEqualTo("all checks passed");
      assertThat(admin.get("/apis/far.test/v1/stars/sol").body())
          .isEqualTo("{\"user\":\"admin\",\"group\":\"system:masters\",\"token\":\"null\"}");
      assertThat(admin.get("/apis").body()).contains("far.test/v1");
      assertThat(admin.get("/apis/far.test/v1").body()).contains("stars");
      assertThat(
              admin
                  .get(
                      "/apis",
                      "Accept",
                      "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
                  .body())
          .contains("stars");
    });
    hook.serves(_ -> "");
    admin.delete("/apis/apiregistration.k8s.io/v1/apiservices/v1.far.test", "");
    eventually(() -> assertThat(admin.get("/apis/far.test/v1/stars/sol").code()).isEqualTo(404));
  }

  @Test
  void versionsAreConvertedByAWebhook() {
    hook.answers(AdmissionExtensionsTest::converted);
    String schema =
        "\"schema\":{\"openAPIV3Schema\":{\"type\":\"object\",\"properties\":{\"spec\":"
            + "{\"type\":\"object\",\"x-kubernetes-preserve-unknown-fields\":true}}}}";
    Answer made =
        admin.post(
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
            """
            {"metadata":{"name":"things.conv.test"},"spec":{"group":"conv.test","scope":"Cluster",
              "names":{"plural":"things","kind":"Thing"},
              "conversion":{"strategy":"Webhook","webhook":{"conversionReviewVersions":["v1"],
                "clientConfig":%1$s}},
              "versions":[{"name":"v1","served":true,"storage":true,%2$s},
                          {"name":"v2","served":true,"storage":false,%2$s}]}}
            """
                .formatted(hook.client(), schema));
    assertThat(made.code()).as(made.body()).isEqualTo(201);
    eventually(() -> assertThat(admin.get("/apis/conv.test/v2/things").code()).isEqualTo(200));
    admin.post(
        "/apis/conv.test/v1/things", "{\"metadata\":{\"name\":\"t\"},\"spec\":{\"in\":\"v1\"}}");
    Answer other = admin.get("/apis/conv.test/v2/things/t");
    assertThat(other.at("spec.converted")).as(other.body()).isEqualTo("conv.test/v2");
    assertThat(admin.get("/apis/conv.test/v2/things").at("items.0.spec.converted"))
        .isEqualTo("conv.test/v2");
    assertThat(admin.get("/apis/conv.test/v1/things/t").at("spec.in")).isEqualTo("v1");
  }

  private static String converted(Obj review) {
    Obj request = TestHook.request(review);
    String target = TestHook.text(request, "desiredAPIVersion");
    List<String> objects = new ArrayList<>();
    JsonTree all = request.get("objects");
    for (JsonTree object :
        all instanceof JsonTree.Arr list ? list.elements() : List.<JsonTree>of()) {
      Map<String, JsonTree> members = new LinkedHashMap<>(((Obj) object).members());
      members.put("apiVersion", new JsonTree.Text(target));
      members.put("spec", new Obj(Map.of("converted", new JsonTree.Text(target))));
      objects.add(new Obj(members).toJson());
    }
    return "{\"apiVersion\":\"apiextensions.k8s.io/v1\",\"kind\":\"ConversionReview\",\"response\":{\"uid\":\""
        + TestHook.text(request, "uid")
        + "\",\"result\":{\"status\":\"Success\"},\"convertedObjects\":["
        + String.join(",", objects)
        + "]}}";
  }
}

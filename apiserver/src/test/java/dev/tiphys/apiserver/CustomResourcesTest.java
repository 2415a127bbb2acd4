package dev.tiphys.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tiphys.apiserver.TestApi.Answer;
import dev.tiphys.apiserver.TestApi.Client;
import dev.tiphys.apiserver.storage.EtcdProcess;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Custom resources over HTTP: each test defines a resource in a group of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CustomResourcesTest {

  private static final String DEFINITIONS =
      "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

  private static final String SPEC =
      """
      {"type":"object","required":["size"],"properties":{
         "size":{"type":"integer","minimum":1,"maximum":10},
         "color":{"type":"string","enum":["red","green"],"default":"red"},
         "name":{"type":"string","pattern":"^[a-z]+$","maxLength":5},
         "port":{"x-kubernetes-int-or-string":true},
         "note":{"type":"string","nullable":true},
         "free":{"type":"object","x-kubernetes-preserve-unknown-fields":true},
         "tags":{"type":"array","items":{"type":"string"},"x-kubernetes-list-type":"set"},
         "parts":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["id"],
                  "items":{"type":"object","required":["id"],"properties":{
                     "id":{"type":"string"},"weight":{"type":"integer","default":1}}}},
         "limits":{"type":"object","additionalProperties":{"type":"integer"}}}}
      """;

  private TestApi api;
  private Client admin;

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

  private static String version(String name, boolean storage, String more) {
    return """
    {"name":"%s","served":true,"storage":%s,%s
     "schema":{"openAPIV3Schema":{"type":"object","required":["spec"],"properties":{"spec":%s,
       "status":{"type":"object","properties":{
          "replicas":{"type":"integer"},"selector":{"type":"string"},
          "ready":{"type":"boolean"}}}}}}}
    """
        .formatted(name, storage, more, SPEC);
  }

  private static String definition(String group, String versions) {
    return """
    {"metadata":{"name":"widgets.%s"},"spec":{"group":"%s","scope":"Namespaced",
      "names":{"plural":"widgets","kind":"Widget","shortNames":["wd"],"categories":["all"]},
      "versions":[%s]}}
    """
        .formatted(group, group, versions);
  }

  /** Defines widgets in a group and waits until they are served; gives their path. */
  private String defined(String group, String more) {
    Answer created = admin.post(DEFINITIONS, definition(group, version("v1", true, more)));
    assertThat(created.code()).as(created.body()).isEqualTo(201);
    String path = "/apis/" + group + "/v1/namespaces/default/widgets";
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> admin.get(path).code() == 200);
    return path;
  }

  private static String widget(String name, String spec) {
    return "{\"metadata\":{\"name\":\"" + name + "\"},\"spec\":" + spec + "}";
  }

  private static String kinded(String group, String name, String spec) {
    return "{\"apiVersion\":\""
        + group
        + "/v1\",\"kind\":\"Widget\",\"metadata\":{\"name\":\""
        + name
        + "\"},\"spec\":"
        + spec
        + "}";
  }

  @Test
  void aDefinitionIsAcceptedAndServedAndGoesWithItsObjects() throws Exception {
    String path = defined("life.test", "");
    Answer crd = admin.get(DEFINITIONS + "/widgets.life.test");
    assertThat(crd.at("status.conditions.0.type")).isEqualTo("NamesAccepted");
    assertThat(crd.at("status.conditions.1.type")).isEqualTo("Established");
    assertThat(crd.at("status.conditions.1.status")).isEqualTo("True");
    assertThat(crd.at("status.acceptedNames.listKind")).isEqualTo("WidgetList");
    assertThat(crd.at("status.storedVersions.0")).isEqualTo("v1");
    assertThat(crd.at("spec.conversion.strategy")).isEqualTo("None");

    assertThat(admin.get("/apis/life.test/v1").body()).contains("\"shortNames\":[\"wd\"]");
    assertThat(
            admin
                .get(
                    "/apis",
                    "Accept",
                    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
                .body())
        .contains("life.test");
    assertThat(admin.get("/openapi/v3").body()).contains("apis/life.test/v1");
    assertThat(admin.get("/openapi/v3/apis/life.test/v1").body()).contains("test.life.v1.Widget");
    assertThat(admin.get("/openapi/v2").body()).contains("test.life.v1.Widget");

    admin.post(path, widget("w", "{\"size\":1}"));
    try (BufferedReader watch =
        new BufferedReader(
            new InputStreamReader(
                api.admin().stream(path + "?watch=true"), StandardCharsets.UTF_8))) {
      assertThat(watch.readLine()).contains("ADDED");
      assertThat(admin.delete(DEFINITIONS + "/widgets.life.test", "").at("metadata.finalizers.0"))
          .isEqualTo("customresourcecleanup.apiextensions.k8s.io");
      assertThat(watch.readLine()).contains("DELETED");
      String line = watch.readLine();
      while (line != null) {
        line = watch.readLine();
      }
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> admin.get(DEFINITIONS + "/widgets.life.test").code() == 404);
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> admin.get("/apis/life.test/v1").code() == 404);
    assertThat(admin.get("/openapi/v3").body()).doesNotContain("life.test");
  }

  @Test
  void objectsArePrunedDefaultedAndKeptAsTheyAre() {
    String path = defined("shape.test", "");
    Answer made =
        admin.post(
            path,
            widget(
                "w",
                "{\"size\":1,\"bogus\":1,\"port\":\"http\",\"note\":null,\"free\":{\"a\":[{\"b\":1.5}]},"
                    + "\"tags\":[],\"parts\":[{\"id\":\"x\"}]}"));
    assertThat(made.code()).as(made.body()).isEqualTo(201);
    assertThat(made.header("Warning")).contains("unknown field \\\"spec.bogus\\\"");
    assertThat(made.at("spec.color")).isEqualTo("red");
    assertThat(made.at("spec.bogus")).isEmpty();
    assertThat(made.at("spec.free.a.0.b")).isEqualTo("1.5");
    assertThat(made.at("spec.parts.0.weight")).isEqualTo("1");
    assertThat(made.body()).contains("\"note\":null").contains("\"tags\":[]");
    assertThat(made.at("metadata.generation")).isEqualTo("1");
    assertThat(admin.get(path + "/w").at("spec.port")).isEqualTo("http");

    Answer strict =
        admin.post(path + "?fieldValidation=Strict", widget("v", "{\"size\":1,\"bogus\":1}"));
    assertThat(strict.code()).isEqualTo(400);
    assertThat(strict.at("message")).contains("unknown field \"spec.bogus\"");
  }

  @Test
  void valuesAreValidatedInTheApisWords() {
    String path = defined("valid.test", "");
    Answer wrong =
        admin.post(
            path,
            widget(
                "w",
                "{\"size\":\"big\",\"color\":\"blue\",\"name\":\"A\",\"port\":true,\"tags\":[\"a\",\"a\"]}"));
    assertThat(wrong.code()).isEqualTo(422);
    assertThat(wrong.at("message"))
        .contains(
            "spec.size: Invalid value: \"string\": spec.size in body must be of type integer:"
                + " \"string\"")
        .contains("spec.color: Unsupported value: \"blue\": supported values: \"red\", \"green\"")
        .contains("spec.name: Invalid value: \"A\": spec.name in body should match '^[a-z]+$'")
        .contains("spec.port in body must be of type integer,string: \"boolean\"")
        .contains("spec.tags[1]: Duplicate value: \"a\"");
    assertThat(admin.post(path, widget("w", "{}")).at("message"))
        .isEqualTo("Widget.valid.test \"w\" is invalid: spec.size: Required value");
    assertThat(admin.post(path, widget("w", "{\"size\":11}")).at("message"))
        .contains(
            "spec.size: Invalid value: 11: spec.size in body should be less than or equal to 10");
    assertThat(admin.post(path, "{\"metadata\":{\"name\":\"w\"}}").at("message"))
        .contains("spec: Required value");
  }

  @Test
  void patchesOfEachKindChangeThem() {
    String path = defined("patch.test", "");
    admin.post(path, widget("w", "{\"size\":1,\"limits\":{\"a\":1}}"));
    assertThat(
            admin
                .patch(
                    path + "/w", "merge-patch+json", "{\"spec\":{\"limits\":{\"a\":null,\"b\":2}}}")
                .at("spec.limits"))
        .isEqualTo("{\"b\":2}");
    assertThat(
            admin
                .patch(
                    path + "/w",
                    "json-patch+json",
                    "[{\"op\":\"replace\",\"path\":\"/spec/size\",\"value\":3}]")
                .at("metadata.generation"))
        .isEqualTo("3");
    assertThat(admin.patch(path + "/w", "strategic-merge-patch+json", "{}").code()).isEqualTo(415);
    Answer put = admin.put(path + "/w", kinded("patch.test", "w", "{\"size\":4}"));
    assertThat(put.at("spec.size")).as(put.body()).isEqualTo("4");
  }

  @Test
  void applyOwnsFieldsByTheSchema() {
    String path = defined("apply.test", "");
    String mine = path + "/w?fieldManager=mine";
    Answer made =
        admin.send(
            "PATCH",
            mine,
            "application/apply-patch+yaml",
            kinded(
                "apply.test",
                "w",
                "{\"size\":1,\"parts\":[{\"id\":\"a\",\"weight\":2}],\"tags\":[\"t\"]}"));
    assertThat(made.code()).as(made.body()).isEqualTo(201);
    assertThat(made.at("metadata.managedFields.0.fieldsV1"))
        .contains("k:{\\\"id\\\":\\\"a\\\"}")
        .contains("v:\\\"t\\\"")
        .contains("f:size");
    Answer theirs =
        admin.send(
            "PATCH",
            path + "/w?fieldManager=theirs",
            "application/apply-patch+yaml",
            kinded("apply.test", "w", "{\"size\":2,\"parts\":[{\"id\":\"b\"}]}"));
    assertThat(theirs.code()).isEqualTo(409);
    assertThat(theirs.at("message")).contains("conflict with \"mine\": .spec.size");
    Answer forced =
        admin.send(
            "PATCH",
            path + "/w?fieldManager=theirs&force=true",
            "application/apply-patch+yaml",
            kinded("apply.test", "w", "{\"size\":2,\"parts\":[{\"id\":\"b\"}]}"));
    assertThat(forced.at("spec.parts.1.id")).as(forced.body()).isEqualTo("b");
    Answer fewer =
        admin.send(
            "PATCH",
            mine,
            "application/apply-patch+yaml",
            kinded("apply.test", "w", "{\"size\":2,\"tags\":[\"t\"]}"));
    assertThat(fewer.at("spec.parts.0.id")).as(fewer.body()).isEqualTo("b");
    assertThat(fewer.at("spec.parts.1.id")).isEmpty();
  }

  @Test
  void statusAndScaleAreSubresources() {
    String path =
        defined(
            "sub.test",
            """
            "subresources":{"status":{},"scale":{"specReplicasPath":".spec.size",
               "statusReplicasPath":".status.replicas","labelSelectorPath":".status.selector"}},
            """);
    Answer made =
        admin.post(
            path,
            "{\"metadata\":{\"name\":\"w\"},\"spec\":{\"size\":1},\"status\":{\"replicas\":9}}");
    assertThat(made.at("status.replicas")).isEmpty();
    Answer status =
        admin.patch(
            path + "/w/status",
            "merge-patch+json",
            "{\"spec\":{\"size\":5},\"status\":{\"replicas\":1,\"selector\":\"a=b\"}}");
    assertThat(status.at("spec.size")).as(status.body()).isEqualTo("1");
    assertThat(status.at("metadata.generation")).isEqualTo("1");
    Answer scale =
        admin.patch(path + "/w/scale", "merge-patch+json", "{\"spec\":{\"replicas\":3}}");
    assertThat(scale.at("kind")).as(scale.body()).isEqualTo("Scale");
    assertThat(scale.at("status.selector")).isEqualTo("a=b");
    assertThat(admin.get(path + "/w").at("spec.size")).isEqualTo("3");
    assertThat(admin.get(path + "/w").at("metadata.generation")).isEqualTo("2");
  }

  @Test
  void tablesAndFieldSelectorsFollowTheDefinition() {
    String path =
        defined(
            "cols.test",
            """
            "additionalPrinterColumns":[{"name":"Size","type":"integer","jsonPath":".spec.size"},
               {"name":"Age","type":"date","jsonPath":".metadata.creationTimestamp"}],
            "selectableFields":[{"jsonPath":".spec.color"}],
            """);
    admin.post(path, widget("a", "{\"size\":1}"));
    admin.post(path, widget("b", "{\"size\":2,\"color\":\"green\"}"));
    Answer table = admin.get(path, "Accept", "application/json;as=Table;g=meta.k8s.io;v=v1");
    assertThat(table.at("columnDefinitions.1.name")).isEqualTo("Size");
    assertThat(table.at("rows.1.cells.1")).isEqualTo("2");
    Answer green = admin.get(path + "?fieldSelector=spec.color%3Dgreen");
    assertThat(green.at("items.0.metadata.name")).isEqualTo("b");
    assertThat(green.at("items.1.metadata.name")).isEmpty();
    Answer deleted = admin.delete(path, "");
    assertThat(deleted.code()).isEqualTo(200);
    assertThat(admin.get(path).at("items.0.metadata.name")).isEmpty();
  }

  @Test
  void versionsAreConvertedByTheirName() {
    Answer created =
        admin.post(
            DEFINITIONS,
            definition(
                "many.test",
                version("v1beta1", false, "\"deprecated\":true,") + "," + version("v1", true, "")));
    assertThat(created.code()).as(created.body()).isEqualTo(201);
    String old = "/apis/many.test/v1beta1/namespaces/default/widgets";
    String now = "/apis/many.test/v1/namespaces/default/widgets";
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> admin.get(now).code() == 200);
    Answer made = admin.post(old, widget("w", "{\"size\":1}"));
    assertThat(made.at("apiVersion")).isEqualTo("many.test/v1beta1");
    String warning = "299 - \"many.test/v1beta1 Widget is deprecated\"";
    assertThat(made.header("Warning")).isEqualTo(warning);
    assertThat(admin.get(old).header("Warning")).isEqualTo(warning);
    assertThat(admin.get(old + "/w").header("Warning")).isEqualTo(warning);
    assertThat(admin.get(old + "?watch=1&timeoutSeconds=1").header("Warning")).isEqualTo(warning);
    assertThat(admin.delete(old + "?labelSelector=no", "").header("Warning")).isEqualTo(warning);
    assertThat(admin.get(now).header("Warning")).isEmpty();
    assertThat(admin.get(now + "/w").at("apiVersion")).isEqualTo("many.test/v1");
    assertThat(admin.get(old).at("items.0.spec.size")).isEqualTo("1");
    assertThat(admin.get(old).at("items.0.kind")).isEqualTo("Widget");
    assertThat(admin.get(old).at("items.0.apiVersion")).isEqualTo("many.test/v1beta1");
    assertThat(admin.get(now, "Accept", "application/yaml").body())
        .containsPattern("(?m)^[- ]+kind: Widget$")
        .containsPattern("(?m)^[- ]+apiVersion: many.test/v1$");
    assertThat(admin.get("/apis/many.test").at("preferredVersion.version")).isEqualTo("v1");
  }

  @Test
  void definitionsThatCannotBeAreRefused() {
    String name = "{\"metadata\":{\"name\":\"widgets.bad.test\"},\"spec\":{\"group\":\"bad.test\",";
    Answer none = admin.post(DEFINITIONS, name + "\"names\":{},\"versions\":[]}}");
    assertThat(none.code()).isEqualTo(422);
    assertThat(none.at("message"))
        .contains("spec.scope: Required value")
        .contains("spec.names.plural: Required value")
        .contains("must have exactly one version marked as storage version");
    Answer unstructured =
        admin.post(
            DEFINITIONS,
            name
                + "\"scope\":\"Cluster\",\"names\":{\"plural\":\"widgets\",\"kind\":\"Widget\"},"
                + "\"versions\":[{\"name\":\"v1\",\"served\":true,\"storage\":true,\"schema\":"
                + "{\"openAPIV3Schema\":{\"type\":\"object\",\"properties\":{\"spec\":{}}}}}]}}");
    assertThat(unstructured.at("message"))
        .contains(
            "spec.validation.openAPIV3Schema.properties[spec].type: Required value: must not be"
                + " empty for specified object fields");
    Answer taken = admin.post(DEFINITIONS, definition("taken.k8s.io", version("v1", true, "")));
    assertThat(taken.at("message"))
        .contains("protected groups must have approval annotation \"api-approved.kubernetes.io\"");
  }

  @Test
  void aStricterSchemaLeavesWhatIsUnchangedAlone() {
    String path = defined("ratchet.test", "");
    admin.post(path, widget("w", "{\"size\":7}"));
    Answer stricter =
        admin.patch(
            DEFINITIONS + "/widgets.ratchet.test",
            "json-patch+json",
            "[{\"op\":\"replace\",\"path\":\"/spec/versions/0/schema/openAPIV3Schema/properties/spec"
                + "/properties/size/maximum\",\"value\":5}]");
    assertThat(stricter.code()).as(stricter.body()).isEqualTo(200);
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> admin.post(path, widget("x", "{\"size\":7}")).code() == 422);
    Answer other = admin.patch(path + "/w", "merge-patch+json", "{\"spec\":{\"color\":\"green\"}}");
    assertThat(other.code()).as(other.body()).isEqualTo(200);
    assertThat(admin.patch(path + "/w", "merge-patch+json", "{\"spec\":{\"size\":8}}").code())
        .isEqualTo(422);
  }

  private static final String RULED =
      """
      {"metadata":{"name":"widgets.%1$s"},"spec":{"group":"%1$s","scope":"Namespaced",
        "names":{"plural":"widgets","kind":"Widget"},
        "versions":[{"name":"v1","served":true,"storage":true,
         "schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object",
           "x-kubernetes-validations":[%2$s],
           "properties":{
             "least":{"type":"integer","x-kubernetes-validations":[
                {"rule":"self >= oldSelf","message":"must not shrink"}]},
             "most":{"type":"integer"},
             "memory":{"x-kubernetes-int-or-string":true},
             "host":{"type":"string"},
             "range":{"type":"string"},
             "in":{"type":"string"},
             "names":{"type":"array","items":{"type":"string","maxLength":20}}}}}}}}]}}
      """;

  private String ruled(String group, String rules) {
    Answer created = admin.post(DEFINITIONS, RULED.formatted(group, rules));
    assertThat(created.code()).as(created.body()).isEqualTo(201);
    String path = "/apis/" + group + "/v1/namespaces/default/widgets";
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> admin.get(path).code() == 200);
    return path;
  }

  @Test
  void rulesInCelAreKept() {
    String path =
        ruled(
            "rules.test",
            """
            {"rule":"self.least <= self.most","messageExpression":"'least is ' + string(self.least)",
             "fieldPath":".least"},
            {"rule":"!has(self.host) || url(self.host).getHostname().endsWith('.test')",
             "message":"must be a host of test","reason":"FieldValueForbidden"},
            {"rule":"!has(self.memory) || quantity(string(self.memory)).isLessThan(quantity('1Gi'))"},
            {"rule":"!has(self.range) || cidr(self.range).containsIP('10.1.2.3')"},
            {"rule":"!has(self.names) || self.names.all(n, !format.dns1123Label().validate(n).hasValue())"},
            {"rule":"!has(self.__in__) || self.__in__.find('[0-9]+') == '7'"}
            """);
    assertThat(admin.post(path, widget("w", "{\"least\":3,\"most\":2}")).at("message"))
        .isEqualTo("Widget.rules.test \"w\" is invalid: spec.least: Invalid value: least is 3");
    assertThat(admin.post(path, widget("w", "{}")).at("message"))
        .contains("no such key: least evaluating rule");
    String good = "\"least\":1,\"most\":2,";
    assertThat(
            admin.post(path, widget("w", "{" + good + "\"host\":\"https://a.b/c\"}")).at("message"))
        .contains("spec: Forbidden: must be a host of test");
    assertThat(admin.post(path, widget("w", "{" + good + "\"memory\":\"2Gi\"}")).at("message"))
        .contains("failed rule: !has(self.memory)");
    assertThat(
            admin.post(path, widget("w", "{" + good + "\"range\":\"10.2.0.0/16\"}")).at("message"))
        .contains("failed rule: !has(self.range)");
    assertThat(admin.post(path, widget("w", "{" + good + "\"names\":[\"A\"]}")).at("message"))
        .contains("failed rule: !has(self.names)");
    Answer made =
        admin.post(
            path,
            widget(
                "w",
                "{"
                    + good
                    + "\"memory\":100,\"range\":\"10.1.0.0/16\",\"in\":\"a7\",\"names\":[\"a\"]}"));
    assertThat(made.code()).as(made.body()).isEqualTo(201);
    assertThat(
            admin.patch(path + "/w", "merge-patch+json", "{\"spec\":{\"least\":0}}").at("message"))
        .contains("spec.least: Invalid value: 0: must not shrink");
    assertThat(admin.patch(path + "/w", "merge-patch+json", "{\"spec\":{\"least\":2}}").code())
        .isEqualTo(200);
  }

  @Test
  void rulesThatCannotBeCompiledAreRefused() {
    Answer wrong =
        admin.post(DEFINITIONS, RULED.formatted("norules.test", "{\"rule\":\"self.bogus == 1\"}"));
    assertThat(wrong.code()).isEqualTo(422);
    assertThat(wrong.at("message"))
        .contains("x-kubernetes-validations[0].rule: Invalid value")
        .contains("compilation failed")
        .contains("undefined field 'bogus'");
  }

  @Test
  void aRuleThatCostsTooMuchIsEnded() {
    String path =
        ruled(
            "cost.test",
            "{\"rule\":\"!has(self.names) || self.names.all(a, self.names.all(b, self.names.all(c,"
                + " a + b + c != 'x')))\"}");
    StringBuilder names = new StringBuilder();
    for (int i = 0; i < 300; i++) {
      names.append(i == 0 ? "" : ",").append("\"n").append(i).append('"');
    }
    Answer costly = admin.post(path, widget("w", "{\"names\":[" + names + "]}"));
    assertThat(costly.code()).isEqualTo(422);
    assertThat(costly.at("message")).contains("cost");
  }
}

package dev.tiphys.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.codec.JsonTree.Obj;
import dev.tiphys.apiserver.ApiFacts.Fact;
import dev.tiphys.apiserver.Deprecations.Entry;
import dev.tiphys.apiserver.TestApi.Answer;
import dev.tiphys.apiserver.TestApi.Client;
import dev.tiphys.apiserver.storage.EtcdProcess;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every published resource is there, and an object of it lives through all verbs. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class EveryResourceTest {

  private static final String TABLE =
      "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

  private TestApi api;
  private Client admin;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    assumeTrue(EtcdProcess.installed(), "no etcd here: Debian's package is etcd-server");
    api = TestApi.start(folder, options -> options.runtimeConfig = List.of("api/all=true"));
    admin = api.admin();
    admin.post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"every\"}}");
    admin.post("/api/v1/namespaces/every/serviceaccounts", "{\"metadata\":{\"name\":\"default\"}}");
  }

  @AfterAll
  void stop() throws Exception {
    if (api != null) {
      api.close();
    }
  }

  @Test
  void everyPublishedResourceIsInDiscovery() {
    Map<String, Map<String, Obj>> versions = new LinkedHashMap<>();
    List<String> wrong = new ArrayList<>();
    for (Fact fact : ApiFacts.resources()) {
      Obj told = versions.computeIfAbsent(fact.root(), this::discovered).get(fact.resource());
      if (told == null) {
        wrong.add(fact + " is missing");
        continue;
      }
      expect(fact, "kind", fact.kind(), text(told, "kind"), wrong);
      expect(fact, "group", fact.kindGroup(), text(told, "group"), wrong);
      expect(fact, "version", fact.kindVersion(), text(told, "version"), wrong);
      expect(fact, "singular", fact.singular(), text(told, "singularName"), wrong);
      expect(fact, "namespaced", "" + fact.namespaced(), text(told, "namespaced"), wrong);
      expect(fact, "verbs", fact.verbs(), list(told, "verbs"), wrong);
      expect(fact, "short names", fact.shortNames(), list(told, "shortNames"), wrong);
      expect(fact, "categories", fact.categories(), list(told, "categories"), wrong);
    }
    assertThat(wrong).isEmpty();
  }

  private Map<String, Obj> discovered(String root) {
    Map<String, Obj> resources = new LinkedHashMap<>();
    Answer answer = admin.get(root);
    if (answer.code() == 200
        && answer.json().members().get("resources") instanceof JsonTree.Arr all) {
      all.elements().forEach(e -> resources.put(text((Obj) e, "name"), (Obj) e));
    }
    return resources;
  }

  private static String text(Obj object, String name) {
    return switch (object.members().get(name)) {
      case null -> "";
      case JsonTree.Text text -> text.value();
      case JsonTree other -> other.toJson();
    };
  }

  private static List<String> list(Obj object, String name) {
    return object.members().get(name) instanceof JsonTree.Arr list
        ? list.elements().stream().map(e -> ((JsonTree.Text) e).value()).toList()
        : List.of();
  }

  private static void expect(
      Fact fact, String what, Object published, Object told, List<String> wrong) {
    if (!published.equals(told)) {
      wrong.add("%s: %s is %s, not %s".formatted(fact, what, published, told));
    }
  }

  static Stream<Fact> kept() {
    return ApiFacts.resources().stream().filter(Fact::isKept);
  }

  @ParameterizedTest
  @MethodSource("kept")
  void anObjectLivesThroughAllVerbs(Fact fact) throws Exception {
    new Life(fact).run();
  }

  @Test
  void whoUsesWhatIsGivenUpIsTold() {
    Map<String, String> sentences = new HashMap<>();
    for (Entry entry : Deprecations.inForce().entries()) {
      sentences.put(entry.apiVersion() + " " + entry.kind(), entry.told().warning());
    }
    List<String> wrong = new ArrayList<>();
    for (Fact fact : ApiFacts.resources()) {
      if (fact.verbs().contains("list")) {
        String sentence = sentences.get(fact.groupVersion() + " " + fact.kind());
        String expected = sentence == null ? "" : "299 - \"" + sentence + "\"";
        String told = admin.get(fact.root() + "/" + fact.resource()).header("Warning");
        expect(fact, "warning", expected, told, wrong);
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void everyVerbTellsOfIt() {
    String slices = "/apis/resource.k8s.io/v1beta2/resourceslices";
    String warning =
        "299 - \"resource.k8s.io/v1beta2 ResourceSlice is deprecated in v1.36+, unavailable in"
            + " v1.39+\"";
    assertThat(admin.get(slices).header("Warning")).isEqualTo(warning);
    assertThat(admin.get(slices + "/none").header("Warning")).isEqualTo(warning);
    assertThat(admin.get(slices + "?watch=1&timeoutSeconds=1").header("Warning"))
        .isEqualTo(warning);
    assertThat(admin.post(slices, "{}").header("Warning")).isEqualTo(warning);
    assertThat(admin.put(slices + "/none", "{}").header("Warning")).isEqualTo(warning);
    assertThat(admin.patch(slices + "/none", "merge-patch+json", "{}").header("Warning"))
        .isEqualTo(warning);
    assertThat(admin.delete(slices + "/none", "").header("Warning")).isEqualTo(warning);
    assertThat(admin.delete(slices, "").header("Warning")).isEqualTo(warning);
    assertThat(admin.get("/apis/resource.k8s.io/v1/resourceslices").header("Warning")).isEmpty();
    assertThat(admin.get("/metrics").body())
        .contains(
            "apiserver_requested_deprecated_apis{group=\"resource.k8s.io\","
                + "removed_release=\"1.39\",resource=\"resourceslices\",subresource=\"\","
                + "version=\"v1beta2\"} 1");
  }

  /** One object of a resource, from its creation to its end. */
  private final class Life {

    private final Fact fact;
    private final String collection;
    private final String body;
    private String path = "";
    private String name = "";

    Life(Fact fact) {
      this.fact = fact;
      this.collection =
          fact.root() + (fact.namespaced() ? "/namespaces/every/" : "/") + fact.resource();
      this.body = ApiFacts.sample(fact);
    }

    void run() throws Exception {
      String before = admin.get(collection).at("metadata.resourceVersion");
      create();
      read();
      watch(before);
      change();
      delete(admin.delete(path, ""));
      createMany();
    }

    private String body(String metadata) {
      String start =
          "{\"kind\":\"" + fact.kind() + "\",\"apiVersion\":\"" + fact.groupVersion() + "\"";
      boolean named = body.startsWith("{\"metadata\"");
      String meta = named ? "" : ",\"metadata\":{" + metadata + "}";
      return start + meta + (body.equals("{}") ? "}" : "," + body.substring(1));
    }

    private void create() {
      Answer created = admin.post(collection, body("\"name\":\"sample\""));
      assertThat(created.code()).as(created.body()).isEqualTo(201);
      assertThat(created.at("kind")).isEqualTo(fact.kind());
      assertThat(created.at("apiVersion")).isEqualTo(fact.groupVersion());
      name = created.at("metadata.name");
      path = collection + "/" + name;
      Answer again = admin.post(collection, body("\"name\":\"sample\""));
      assertThat(again.code()).as(again.body()).isEqualTo(409);
    }

    private void read() {
      Answer got = admin.get(path);
      assertThat(got.code()).as(got.body()).isEqualTo(200);
      assertThat(got.at("metadata.uid")).isNotEmpty();
      Answer list = admin.get(collection + "?fieldSelector=metadata.name%3D" + name);
      assertThat(list.at("kind")).isEqualTo(fact.kind() + "List");
      assertThat(list.at("items.0.metadata.name")).isEqualTo(name);
      Answer table = admin.get(path, "Accept", TABLE);
      assertThat(table.at("kind")).as(table.body()).isEqualTo("Table");
      assertThat(table.at("rows.0.object.metadata.name")).isEqualTo(name);
    }

    private void watch(String since) throws Exception {
      String query = "?watch=1&fieldSelector=metadata.name%3D" + name + "&resourceVersion=" + since;
      try (BufferedReader events =
          new BufferedReader(
              new InputStreamReader(admin.stream(collection + query), StandardCharsets.UTF_8))) {
        assertThat(events.readLine()).contains("\"type\":\"ADDED\"", "\"" + name + "\"");
      }
    }

    private void change() {
      Answer put = admin.put(path, admin.get(path).body());
      assertThat(put.code()).as(put.body()).isEqualTo(200);
      List<String> kinds = List.of("merge-patch+json", "strategic-merge-patch+json");
      for (String kind : kinds) {
        String patch = "{\"metadata\":{\"annotations\":{\"by\":\"" + kind + "\"}}}";
        Answer patched = admin.patch(path, kind, patch);
        assertThat(patched.code()).as(patched.body()).isEqualTo(200);
        assertThat(patched.at("metadata.annotations.by")).isEqualTo(kind);
      }
      Answer json =
          admin.patch(
              path,
              "json-patch+json",
              "[{\"op\":\"replace\",\"path\":\"/metadata/annotations/by\",\"value\":\"json\"}]");
      assertThat(json.at("metadata.annotations.by")).as(json.body()).isEqualTo("json");
      String configuration =
          "{\"kind\":\"%s\",\"apiVersion\":\"%s\",\"metadata\":{\"name\":\"%s\",\"labels\":{\"a\":\"b\"}}}"
              .formatted(fact.kind(), fact.groupVersion(), name);
      Answer applied = admin.patch(path + "?fieldManager=test", "apply-patch+yaml", configuration);
      assertThat(applied.at("metadata.labels.a")).as(applied.body()).isEqualTo("b");
      assertThat(applied.at("metadata.managedFields.0.manager")).isEqualTo("test");
    }

    private void delete(Answer deleted) {
      assertThat(deleted.code()).as(deleted.body()).isIn(200, 202);
      // Nobody is here who would finalize.
      admin.patch(path, "merge-patch+json", "{\"metadata\":{\"finalizers\":null}}");
      admin.put(path + "/finalize", body("\"name\":\"" + name + "\""));
      assertThat(admin.get(path).code()).isEqualTo(404);
    }

    private void createMany() {
      if (!fact.verbs().contains("deletecollection")) {
        return;
      }
      boolean named = body.startsWith("{\"metadata\"");
      String last = "";
      for (int i = 0; i < (named ? 1 : 2); i++) {
        Answer created =
            admin.post(collection, body("\"generateName\":\"s-\",\"labels\":{\"many\":\"yes\"}"));
        assertThat(created.code()).as(created.body()).isEqualTo(201);
        last = created.at("metadata.name");
      }
      assertThat(named || last.matches("s-[a-z0-9]{5}")).isTrue();
      String selector =
          named ? "?fieldSelector=metadata.name%3D" + last : "?labelSelector=many%3Dyes";
      Answer deleted = admin.delete(collection + selector, "");
      assertThat(deleted.code()).as(deleted.body()).isEqualTo(200);
      Answer left = admin.get(collection + selector);
      if (!left.at("items.0.metadata.finalizers").isEmpty()) {
        assertThat(left.at("items.0.metadata.deletionTimestamp")).isNotEmpty();
      } else {
        assertThat(left.at("items")).isEqualTo("[]");
      }
    }
  }
}

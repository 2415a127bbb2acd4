package dev.tiphys.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.codec.ProtobufCodec;
import dev.tiphys.api.core.v1.ConfigMap;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.apiserver.TestApi.Answer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What clients can do with any object. */
final class VerbsTest extends InNamespace {

  private static final String POD =
      """
      {"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"tiphys.local/echo:1"}]}}
      """;

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
}

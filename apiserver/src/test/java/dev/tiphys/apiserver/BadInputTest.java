package dev.tiphys.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tiphys.apiserver.TestApi.Answer;
import dev.tiphys.apiserver.storage.EtcdProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A client's mistake is told as one: a Status with the code that clients expect, never a 500. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BadInputTest {

  private static final String MAPS = "/api/v1/namespaces/default/configmaps";
  private static final String JSON = "application/json";

  private TestApi api;

  record Case(
      String what, int code, String method, String path, @Nullable String type, byte[] body) {
    static Case of(String what, int code, String method, String path, String body) {
      return new Case(what, code, method, path, JSON, body.getBytes(StandardCharsets.UTF_8));
    }

    Case as(String contentType) {
      return new Case(what, code, method, path, contentType, body);
    }

    @Override
    public String toString() {
      return what;
    }
  }

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    assumeTrue(EtcdProcess.installed(), "no etcd here: Debian's package is etcd-server");
    api = TestApi.start(folder);
    api.admin().post(MAPS, "{\"metadata\":{\"name\":\"m\"},\"data\":{\"a\":\"b\"}}");
  }

  @AfterAll
  void stop() throws Exception {
    if (api != null) {
      api.close();
    }
  }

  static Stream<Case> cases() {
    String deep = "{\"a\":".repeat(3000) + "1" + "}".repeat(3000);
    byte[] huge = new byte[4 << 20];
    Arrays.fill(huge, (byte) ' ');
    return Stream.of(
        Case.of("broken JSON", 400, "POST", MAPS, "{\"a\":"),
        Case.of("no body", 400, "POST", MAPS, ""),
        Case.of("a list", 400, "POST", MAPS, "[]"),
        Case.of("null", 400, "POST", MAPS, "null"),
        Case.of("too deep", 400, "POST", MAPS, deep),
        new Case("too large", 413, "POST", MAPS, JSON, huge),
        new Case("not UTF-8", 400, "POST", MAPS, JSON, new byte[] {'"', (byte) 0xff, '"'}),
        Case.of("a wrong type", 400, "POST", MAPS, "{\"metadata\":{\"name\":5}}"),
        Case.of("no name", 422, "POST", MAPS, "{}"),
        Case.of("a bad name", 422, "POST", MAPS, "{\"metadata\":{\"name\":\"A_b\"}}"),
        Case.of(
            "a bad label",
            422,
            "POST",
            MAPS,
            "{\"metadata\":{\"name\":\"x\",\"labels\":{\"a b\":\"\"}}}"),
        Case.of(
            "another kind", 400, "POST", MAPS, "{\"kind\":\"Pod\",\"metadata\":{\"name\":\"x\"}}"),
        Case.of(
            "another group",
            400,
            "POST",
            MAPS,
            "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\"}"),
        Case.of(
            "another namespace",
            400,
            "POST",
            MAPS,
            "{\"metadata\":{\"name\":\"x\",\"namespace\":\"y\"}}"),
        Case.of(
            "no such namespace",
            404,
            "POST",
            "/api/v1/namespaces/nope/configmaps",
            "{\"metadata\":{\"name\":\"x\"}}"),
        Case.of("an unknown media type", 415, "POST", MAPS, "x").as("text/plain"),
        Case.of("broken protobuf", 400, "POST", MAPS, "k8s\0\u0001\u0002")
            .as("application/vnd.kubernetes.protobuf"),
        Case.of("broken YAML", 400, "POST", MAPS, "a: [b").as("application/yaml"),
        Case.of(
            "a stale version",
            409,
            "PUT",
            MAPS + "/m",
            "{\"metadata\":{\"name\":\"m\",\"resourceVersion\":\"1\"}}"),
        Case.of(
            "another uid",
            409,
            "PUT",
            MAPS + "/m",
            "{\"metadata\":{\"name\":\"m\",\"uid\":\"x\"}}"),
        Case.of("another name", 400, "PUT", MAPS + "/m", "{\"metadata\":{\"name\":\"n\"}}"),
        Case.of("update of nothing", 404, "PUT", MAPS + "/n", "{\"metadata\":{\"name\":\"n\"}}"),
        Case.of("update of a collection", 405, "PUT", MAPS, "{}"),
        Case.of("a patch without a type", 415, "PATCH", MAPS + "/m", "{}"),
        Case.of(
                "a patch that does not fit",
                422,
                "PATCH",
                MAPS + "/m",
                "[{\"op\":\"test\",\"path\":\"/q\",\"value\":1}]")
            .as("application/json-patch+json"),
        Case.of("a patch that is none", 400, "PATCH", MAPS + "/m", "{}")
            .as("application/json-patch+json"),
        Case.of("a patch with a wrong type", 422, "PATCH", MAPS + "/m", "{\"data\":5}")
            .as("application/merge-patch+json"),
        Case.of("apply without a manager", 422, "PATCH", MAPS + "/m", "a: b")
            .as("application/apply-patch+yaml"),
        Case.of("a bad label selector", 400, "GET", MAPS + "?labelSelector=a%3D%3D%3Db", ""),
        Case.of("an unknown field selector", 400, "GET", MAPS + "?fieldSelector=spec.x%3Db", ""),
        Case.of("a bad limit", 400, "GET", MAPS + "?limit=x", ""),
        Case.of("a bad continue token", 400, "GET", MAPS + "?continue=x", ""),
        Case.of("a bad version", 400, "GET", MAPS + "?resourceVersion=x", ""),
        Case.of("a version that has not come", 504, "GET", MAPS + "?resourceVersion=999999", ""),
        Case.of("options that contradict", 422, "GET", MAPS + "?resourceVersionMatch=Exact", ""),
        Case.of("an unknown resource", 404, "GET", "/api/v1/foos", ""),
        Case.of("an unknown path", 404, "GET", "/foo", ""),
        Case.of("an unknown subresource", 404, "GET", MAPS + "/m/foo", ""),
        Case.of("an unknown method", 405, "OPTIONS", MAPS, ""),
        Case.of("delete of everything", 405, "DELETE", "/api/v1/configmaps", ""),
        Case.of("an unknown policy", 422, "DELETE", MAPS + "/m", "{\"propagationPolicy\":\"x\"}"),
        Case.of(
            "a precondition that fails",
            409,
            "DELETE",
            MAPS + "/m",
            "{\"preconditions\":{\"uid\":\"x\"}}"),
        Case.of(
            "a bad dry run", 422, "POST", MAPS + "?dryRun=x", "{\"metadata\":{\"name\":\"x\"}}"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isToldAsTheClientsMistake(Case bad) {
    Answer answer = api.admin().send(bad.method(), bad.path(), bad.type(), bad.body());
    assertThat(answer.code()).as(answer.body()).isEqualTo(bad.code());
    if (answer.body().startsWith("{")) {
      assertThat(answer.at("kind")).isEqualTo("Status");
      assertThat(answer.at("reason")).isNotEmpty();
      assertThat(answer.at("message")).isNotEmpty();
    }
  }
}

package dev.tiphys.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.apiserver.TestApi.Answer;
import dev.tiphys.apiserver.TestApi.Client;
import dev.tiphys.apiserver.http.Headers;
import dev.tiphys.apiserver.http.HttpExchange;
import dev.tiphys.apiserver.http.HttpServer;
import dev.tiphys.apiserver.http.HttpServerConfig;
import dev.tiphys.apiserver.http.TestCertificates;
import dev.tiphys.apiserver.http.Tunnel;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Groups that another server serves, and what this one says of groups that come and go. */
@ExtendWith(SharedApi.class)
final class AggregationTest {

  private static final String SERVICES = "/apis/apiregistration.k8s.io/v1/apiservices";
  private static final String GROUP = "/apis/sky.test/v1";
  private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

  private static final String OPEN_API =
      """
      {"swagger":"2.0","info":{"title":"Sky","version":"1"},
       "parameters":{"pretty-1":{"in":"query","name":"pretty","type":"string","uniqueItems":true}},
       "paths":{
        "/apis/sky.test/v1/stars":{"get":{"operationId":"listStars",
          "parameters":[{"$ref":"#/parameters/pretty-1"}],
          "responses":{"200":{"description":"OK",
            "schema":{"$ref":"#/definitions/test.sky.v1.Star"}}}}},
        "/apis/sea.test/v1/fish":{"get":{"operationId":"listFish","responses":{}}}},
       "definitions":{
        "test.sky.v1.Star":{"type":"object","properties":{
          "metadata":{"$ref":"#/definitions/%s"}}},
        "%s":{"type":"object","description":"Another idea of it."},
        "test.sea.v1.Fish":{"type":"object"}}}
      """
          .formatted(META, META);

  private static HttpServer sky;
  private static final AtomicInteger READ = new AtomicInteger();

  @BeforeAll
  static void start(TestApi api, @TempDir Path folder) throws Exception {
    sky =
        HttpServer.start(
            new HttpServerConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                TestCertificates.in(folder).serverFiles()),
            AggregationTest::answer);
    Client admin = api.admin();
    admin.post(
        "/api/v1/namespaces/default/services",
        "{\"metadata\":{\"name\":\"sky\"},\"spec\":{\"type\":\"ExternalName\","
            + "\"externalName\":\"localhost\"}}");
    Answer made =
        admin.post(
            SERVICES,
            """
            {"metadata":{"name":"v1.sky.test"},"spec":{"group":"sky.test","version":"v1",
              "groupPriorityMinimum":1000,"versionPriority":15,"insecureSkipTLSVerify":true,
              "service":{"namespace":"default","name":"sky","port":%d}}}
            """
                .formatted(sky.port()));
    assertThat(made.code()).as(made.body()).isEqualTo(201);
    within(
        Duration.ofSeconds(20),
        () -> assertThat(admin.get(GROUP + "/stars").body()).isEqualTo("stars"));
  }

  @AfterAll
  static void stop(TestApi api) {
    api.admin().delete(SERVICES + "/v1.sky.test", "");
    sky.close();
  }

  private static void answer(HttpExchange exchange) throws IOException {
    String path = exchange.path();
    if (exchange.headers().hasToken("Connection", "Upgrade")) {
      Headers answer =
          Headers.of(
              "Upgrade",
              exchange.headers().firstOr("Upgrade", ""),
              "X-Asked-By",
              exchange.headers().firstOr("X-Remote-User", ""));
      try (Tunnel tunnel = exchange.switchProtocols(answer)) {
        tunnel.input().transferTo(tunnel.output());
      }
      return;
    }
    String body =
        switch (path) {
          case GROUP ->
              "{\"kind\":\"APIResourceList\",\"apiVersion\":\"v1\",\"groupVersion\":\"sky.test/v1\","
                  + "\"resources\":[{\"name\":\"stars\",\"kind\":\"Star\",\"verbs\":[\"get\"]}]}";
          case "/openapi/v2" -> OPEN_API;
          case GROUP + "/stars" -> "stars";
          default -> "";
        };
    if (path.equals("/openapi/v2")) {
      READ.incrementAndGet();
    }
    exchange.respond(
        body.isEmpty() ? 404 : 200,
        Headers.of("Content-Type", "application/json"),
        body.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void upgradesArePassedOnByteByByte(TestApi api) throws Exception {
    try (SSLSocket socket = api.connection()) {
      socket
          .getOutputStream()
          .write(
              ("POST "
                      + GROUP
                      + "/stars HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer admin-token\r\n"
                      + "Connection: Upgrade\r\nUpgrade: SPDY/3.1\r\nContent-Length: 0\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      String head = head(socket.getInputStream());
      assertThat(head).startsWith("HTTP/1.1 101 ");
      assertThat(head).contains("Upgrade: SPDY/3.1").contains("X-Asked-By: admin");

      byte[] said = {0, 1, (byte) 0xff, 13, 10};
      socket.getOutputStream().write(said);
      assertThat(socket.getInputStream().readNBytes(said.length)).isEqualTo(said);
    }
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (!head.toString().endsWith("\r\n\r\n")) {
      head.append((char) in.read());
    }
    return head.toString();
  }

  @Test
  void whatIsServedElsewhereIsInTheOneDocument(TestApi api) {
    Answer document = api.admin().get("/openapi/v2");

    assertThat(document.body())
        .contains("\"/apis/sky.test/v1/stars\"", "\"test.sky.v1.Star\"")
        .doesNotContain("/apis/sea.test", "test.sea.v1.Fish", "#/parameters/");
    // The same name with another meaning gets another name.
    assertThat(document.body())
        .contains(
            "\"test.sky.v1.Star\":{\"type\":\"object\",\"properties\":{\"metadata\":{\"$ref\":"
                + "\"#/definitions/"
                + META
                + "_v2\"}}}");
    assertThat(document.body()).contains("\"" + META + "_v2\":{\"type\":\"object\"");
    assertThat(api.admin().get("/openapi/v2", "If-None-Match", document.header("ETag")).code())
        .isEqualTo(304);
    assertThat(READ).hasValue(1);
  }

  @Test
  void groupsOfCustomResourcesComeAndGoAtOnce(TestApi api) {
    Client admin = api.admin();
    String definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    admin.post(
        definitions,
        """
        {"metadata":{"name":"boats.quick.test"},"spec":{"group":"quick.test","scope":"Cluster",
          "names":{"plural":"boats","kind":"Boat"},"versions":[{"name":"v1","served":true,
          "storage":true,"schema":{"openAPIV3Schema":{"type":"object"}}}]}}
        """);
    within(
        Duration.ofSeconds(5),
        () ->
            assertThat(admin.get(SERVICES + "/v1.quick.test").at("status.conditions.0.reason"))
                .isEqualTo("Local"));

    admin.delete(definitions + "/boats.quick.test", "");
    within(
        Duration.ofSeconds(5),
        () -> assertThat(admin.get(SERVICES + "/v1.quick.test").code()).isEqualTo(404));
  }

  private static void within(Duration time, ThrowingRunnable check) {
    Awaitility.await().atMost(time).pollInterval(Duration.ofMillis(50)).untilAsserted(check);
  }
}

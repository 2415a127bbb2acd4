package dev.tiphys.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.ConfigMap;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.client.environment.VirtualThreads;
import dev.tiphys.client.kubeconfig.ClusterAccess;
import dev.tiphys.client.transport.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a server that answers what it is told to, in plain HTTP. */
@NullUnmarked
class RestClientTest {

  private record Answer(int status, Map<String, String> headers, String body) {}

  private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean silent;
  private HttpServer server;
  private RestClient client;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
    ClusterAccess access =
        new ClusterAccess(
            URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
            List.of(),
            false,
            null,
            new ClusterAccess.Token.Fixed("secret"),
            "default");
    client = RestClient.open(access, "test/1", new VirtualThreads());
  }

  @AfterEach
  void stop() {
    ended.countDown();
    client.close();
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (silent) {
        ended.await();
        return;
      }
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      requests.add(
          exchange.getRequestMethod()
              + " "
              + exchange.getRequestURI()
              + " "
              + exchange.getRequestHeaders().getFirst("Content-Type")
              + " "
              + exchange.getRequestHeaders().getFirst("Authorization")
              + " "
              + body);
      Answer answer = answers.remove();
      answer.headers.forEach(exchange.getResponseHeaders()::set);
      exchange.sendResponseHeaders(answer.status, 0);
      exchange.getResponseBody().write(answer.body.getBytes(StandardCharsets.UTF_8));
      exchange.getResponseBody().flush();
      if (answer.headers.containsKey("X-Hold")) {
        ended.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void next(int status, String body) {
    answers.add(new Answer(status, Map.of(), body));
  }

  private ResourceClient<ConfigMap> maps() {
    return client.resource(Resources.CONFIG_MAPS).inNamespace("default");
  }

  private static String map(String name, String version) {
    return """
    {"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"%s","namespace":"default",\
    "resourceVersion":"%s"},"data":{"k":"v"}}\
    """
        .formatted(name, version);
  }

  @Test
  void readsAnObject() {
    next(200, map("a", "5"));

    ConfigMap found = maps().get("a");

    assertThat(found.data()).containsEntry("k", "v");
    assertThat(requests.remove())
        .isEqualTo("GET /api/v1/namespaces/default/configmaps/a null Bearer secret ");
  }

  @Test
  void createsWhereTheObjectSaysItLives() {
    next(201, map("a", "5"));

    client
        .resource(Resources.CONFIG_MAPS)
        .create(
            ConfigMap.builder()
                .metadata(ObjectMeta.builder().namespace("other").name("a").build())
                .build());

    assertThat(requests.remove())
        .startsWith("POST /api/v1/namespaces/other/configmaps application/json")
        .contains("\"kind\":\"ConfigMap\"");
  }

  @Test
  void listsPageByPage() {
    next(
        200,
        "{\"metadata\":{\"resourceVersion\":\"9\",\"continue\":\"next\"},\"items\":["
            + map("a", "1")
            + "]}");
    next(200, "{\"metadata\":{\"resourceVersion\":\"9\"},\"items\":[" + map("b", "2") + "]}");

    Page<ConfigMap> page = maps().listAll(ListOptions.ALL.withLabels("app in (web, db)"));

    assertThat(page.items()).extracting(each -> each.metadata().name()).containsExactly("a", "b");
    assertThat(page.resourceVersion()).isEqualTo("9");
    assertThat(requests.remove())
        .contains("labelSelector=app+in+%28web%2C+db%29")
        .contains("limit=500");
    assertThat(requests.remove()).contains("continue=next");
  }

  @Test
  void watchesLineByLineUntilTheServerEnds() {
    next(
        200,
        "{\"type\":\"ADDED\",\"object\":"
            + map("a", "5")
            + "}\n"
            + "{\"object\":"
            + map("a", "6")
            + ",\"type\":\"MODIFIED\"}\n"
            + "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\","
            + "\"metadata\":{\"resourceVersion\":\"8\"}}}\n"
            + "{\"type\":\"DELETED\",\"object\":"
            + map("a", "9")
            + "}\n");

    try (WatchStream<ConfigMap> watch = maps().watch(WatchOptions.after("4"))) {
      assertThat(watch.next()).isInstanceOf(WatchEvent.Added.class);
      assertThat(watch.next()).isInstanceOf(WatchEvent.Modified.class);
      assertThat(watch.next()).isEqualTo(new WatchEvent.Bookmark<ConfigMap>("8"));
      assertThat(watch.next().resourceVersion()).isEqualTo("9");
      assertThat(watch.next()).isNull();
    }
    assertThat(requests.remove())
        .contains("watch=1")
        .contains("resourceVersion=4")
        .contains("timeoutSeconds=300")
        .contains("allowWatchBookmarks=true");
  }

  @Test
  void anExpiredWatchIsGone() {
    next(
        200,
        "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},"
            + "\"status\":\"Failure\",\"message\":\"too old resource version: 1 (9)\","
            + "\"reason\":\"Expired\",\"code\":410}}\n");

    try (WatchStream<ConfigMap> watch = maps().watch(WatchOptions.after("1"))) {
      assertThatThrownBy(watch::next)
          .isInstanceOf(ApiException.Gone.class)
          .hasMessage("too old resource version: 1 (9)");
    }
  }

  @Test
  void closingAWatchEndsItsReader() throws InterruptedException {
    answers.add(
        new Answer(
            200,
            Map.of("X-Hold", "yes"),
            "{\"type\":\"ADDED\",\"object\":" + map("a", "5") + "}\n"));
    WatchStream<ConfigMap> watch = maps().watch(WatchOptions.after("4"));
    assertThat(watch.next()).isNotNull();
    LinkedBlockingQueue<String> outcome = new LinkedBlockingQueue<>();
    Thread reader = Thread.ofVirtual().start(() -> outcome.add("end " + watch.next()));

    watch.close();
    reader.join();

    assertThat(outcome).containsExactly("end null");
  }

  @Test
  void errorsAreTypedByTheStatus() {
    next(
        404,
        "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"code\":404,"
            + "\"reason\":\"NotFound\",\"message\":\"configmaps \\\"a\\\" not found\"}");
    next(409, "{\"kind\":\"Status\",\"code\":409,\"reason\":\"AlreadyExists\",\"message\":\"x\"}");
    next(409, "{\"kind\":\"Status\",\"code\":409,\"reason\":\"Conflict\",\"message\":\"x\"}");
    next(503, "not ready");

    assertThat(maps().find("a")).isEmpty();
    assertThatThrownBy(() -> maps().get("a")).isInstanceOf(ApiException.AlreadyExists.class);
    assertThatThrownBy(() -> maps().get("a")).isInstanceOf(ApiException.Conflict.class);
    assertThatThrownBy(() -> maps().get("a"))
        .isInstanceOf(ApiException.Unavailable.class)
        .hasMessage("not ready");
  }

  @Test
  void aBusyServerIsAskedAgainWhenItSaysSo() {
    answers.add(new Answer(429, Map.of("Retry-After", "0"), "slow down"));
    next(200, map("a", "5"));

    assertThat(maps().get("a").metadata().resourceVersion()).isEqualTo("5");
    assertThat(requests).hasSize(2);
  }

  @Test
  void headsAreReadFromWholeObjects() {
    next(200, map("a", "5"));

    ObjectHead head = client.heads(Resources.CONFIG_MAPS).inNamespace("default").get("a");

    assertThat(head.metadata().name()).isEqualTo("a");
  }

  @Test
  void noServerIsUnavailable() {
    server.stop(0);

    assertThatThrownBy(() -> maps().get("a")).isInstanceOf(ApiException.Unavailable.class);
  }

  @Test
  void aRequestWithoutAnAnswerIsGivenUpAndTheNextGoesOverAnotherConnection() {
    silent = true;
    assertThatThrownBy(() ->
            client
                .transport()
                .send(Transport.Request.of("GET", "/silent").withTimeout(Duration.ofMillis(200))))
        .isInstanceOf(ApiException.Unavailable.class)
        .hasMessageContaining("timed out");
    silent = false;
    next(200, map("a", "5"));

    assertThat(maps().get("a").metadata().resourceVersion()).isEqualTo("5");
  }
}

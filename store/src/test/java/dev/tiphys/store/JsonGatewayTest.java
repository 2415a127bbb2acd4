package dev.tiphys.store;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.PutRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of the gateway is this store's own: its bounds, who may use it, and how calls end. */
class JsonGatewayTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String RANGE = "{\"key\":\"YQ==\"}";
  private static final String WATCH = "{\"create_request\":{\"key\":\"YQ==\"}}";

  @TempDir private Path directory = Path.of("");

  @Test
  void errorsAreToldAsEtcd35Does() throws Exception {
    try (var store = new TestStore(directory);
        var curl = new Curl(store.port())) {
      var missing = curl.post("/v3/kv/range", "{}");
      assertThat(missing.status()).isEqualTo(400);
      assertThat(missing.body())
          .isEqualTo(
              "{\"error\":\"etcdserver: key is not provided\",\"code\":3,"
                  + "\"message\":\"etcdserver: key is not provided\"}");
      assertThat(curl.post("/v3/auth/user/get", "{\"name\":\"x\"}").status()).isEqualTo(400);
      assertThat(curl.post("/v3/maintenance/downgrade", "{}").status()).isEqualTo(400);
      assertThat(curl.post("/v3/kv/range", "{").body()).contains("it ends too early");
      var deep = "{\"success\":[{\"request_txn\":".repeat(400);
      assertThat(curl.post("/v3/kv/txn", deep).status()).isEqualTo(400);
      var whole = "{\"success\":[{\"request_txn\":".repeat(120) + "{}" + "}]}".repeat(120);
      assertThat(curl.post("/v3/kv/txn", whole).status()).isEqualTo(400);
    }
  }

  @Test
  void aStreamThatIsRefusedSaysSoInItsOwnWay() throws Exception {
    try (var store = new TestStore(directory);
        var curl = new Curl(store.port())) {
      enableAuth(curl);
      var refused = curl.post("/v3/maintenance/snapshot", "{}");
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.body())
          .isEqualTo(
              "{\"error\":{\"grpc_code\":3,\"http_code\":400,"
                  + "\"message\":\"etcdserver: user name is empty\","
                  + "\"http_status\":\"Bad Request\"}}");
    }
  }

  @Test
  void whoLeavesEndsTheWatch() throws Exception {
    try (var store = new TestStore(directory);
        var curl = new Curl(store.port())) {
      var first = curl.lines("/v3/watch", WATCH);
      var second = curl.lines("/v3/watch", WATCH + WATCH);
      assertThat(first.iterator().next()).contains("\"created\":true");
      assertThat(second.iterator().next()).contains("\"created\":true");
      await().atMost(PATIENCE).until(() -> metric(curl, "etcd_debugging_mvcc_watcher_total") == 3);
      first.close();
      await().atMost(PATIENCE).until(() -> metric(curl, "etcd_debugging_mvcc_watcher_total") == 2);
      second.close();
      await().atMost(PATIENCE).until(() -> metric(curl, "etcd_debugging_mvcc_watcher_total") == 0);
      assertThat(metric(curl, "etcd_debugging_mvcc_watch_stream_total")).isZero();
    }
  }

  @Test
  void whoLeavesGivesUpItsPlaceInTheLine() throws Exception {
    try (var store = new TestStore(directory);
        var holder = new Curl(store.port());
        var waiter = new Curl(store.port())) {
      assertThat(holder.post("/v3/lock/lock", "{\"name\":\"bA==\"}").status()).isEqualTo(200);
      var waiting =
          CompletableFuture.supplyAsync(() -> {
            try {
              return waiter.post("/v3/lock/lock", "{\"name\":\"bA==\"}").status();
            } catch (IOException | InterruptedException e) {
              return 0;
            }
          });
      await().atMost(PATIENCE).until(() -> places(holder).contains("\"count\":\"2\""));
      waiter.close();
      assertThat(waiting.get(60, TimeUnit.SECONDS)).isZero();
      await().atMost(PATIENCE).until(() -> places(holder).contains("\"count\":\"1\""));
    }
  }

  @Test
  void callsCountAsCallsOverGrpc() throws Exception {
    try (var store = new TestStore(directory);
        var curl = new Curl(store.port())) {
      curl.post("/v3/kv/range", RANGE);
      curl.post("/v3/kv/range", "{}");
      curl.post("/v3/kv/range", "no call at all");
      assertThat(curl.ask("GET", "/metrics", "").body())
          .contains(
              "grpc_server_handled_total{grpc_code=\"OK\",grpc_method=\"Range\","
                  + "grpc_service=\"etcdserverpb.KV\",grpc_type=\"unary\"} 1.0\n")
          .contains(
              "grpc_server_handled_total{grpc_code=\"InvalidArgument\",grpc_method=\"Range\","
                  + "grpc_service=\"etcdserverpb.KV\",grpc_type=\"unary\"} 1.0\n");
    }
  }

  @Test
  void aLongAnswerIsReadInParts() throws Exception {
    try (var store = new TestStore(directory);
        var curl = new Curl(store.port())) {
      byte[] value = new byte[300_000];
      new Random(1).nextBytes(value);
      var kv = KVGrpc.newBlockingStub(store.channel());
      for (int i = 0; i < 20; i++) {
        kv.put(put("a" + i, value));
      }
      var all = "{\"key\":\"YQ==\",\"range_end\":\"Yg==\"}";
      var body = curl.post("/v3/kv/range", all).body();
      assertThat(body).endsWith(",\"count\":\"20\"}");
      var quoted = "\"value\":\"" + Base64.getEncoder().encodeToString(value) + "\"}";
      assertThat(body.split(Pattern.quote(quoted), -1)).hasSize(21);
      // Whoever takes nothing of it keeps nobody else waiting, and who then leaves leaves nothing.
      try (var silent = new Socket(InetAddress.getLoopbackAddress(), store.port())) {
        silent.getOutputStream().write(post("/v3/kv/range", all));
        kv.put(put("a0", value));
        assertThat(curl.post("/v3/kv/range", RANGE).status()).isEqualTo(200);
      }
    }
  }

  @Test
  void aSlowWatcherIsSentWhatItTakes() throws Exception {
    try (var store = new TestStore(directory);
        var curl = new Curl(store.port());
        var slow = new Socket()) {
      slow.setReceiveBufferSize(8 << 10);
      slow.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), store.port()));
      slow.setSoTimeout(60_000);
      slow.getOutputStream().write(post("/v3/watch", WATCH));
      await().atMost(PATIENCE).until(() -> metric(curl, "etcd_debugging_mvcc_watcher_total") == 1);
      byte[] value = new byte[1_000_000];
      var kv = KVGrpc.newBlockingStub(store.channel());
      for (int i = 0; i < 40; i++) {
        value[0] = (byte) i;
        kv.put(put("a", value));
      }
      assertThat(count(slow.getInputStream(), "\"version\":\"40\"", "\"mod_revision\""))
          .isEqualTo(40);
    }
  }

  @Test
  void aBodyThatIsTooLongIsNotWaitedFor() throws Exception {
    try (var store = new TestStore(directory, "--max-request-bytes=1000");
        var socket = new Socket(InetAddress.getLoopbackAddress(), store.port())) {
      socket.setSoTimeout(60_000);
      socket
          .getOutputStream()
          .write(
              ascii(
                  "POST /v3/kv/put HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n"
                      + "Expect: 100-continue\r\n\r\n"));
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 429 Too Many Requests\r\n")
          .contains("connection: close")
          .contains("the body is longer than");
    }
  }

  @Test
  void aConnectionServesCallsAndPagesInTurn() throws Exception {
    try (var store = new TestStore(directory);
        var socket = new Socket(InetAddress.getLoopbackAddress(), store.port())) {
      socket.setSoTimeout(60_000);
      var out = socket.getOutputStream();
      var in = socket.getInputStream();
      out.write(post("/v3/kv/put", "{\"key\":\"YQ==\",\"value\":\"YQ==\"}"));
      assertThat(count(in, "\"raft_term\":\"1\"}}", "HTTP/1.1 200 OK")).isEqualTo(1);
      out.write(ascii("GET /health HTTP/1.1\r\nHost: x\r\n\r\n"));
      assertThat(count(in, "\"reason\":\"\"}", "HTTP/1.1 200 OK")).isEqualTo(1);
      out.write(
          ascii(
              "POST /v3/kv/range HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                  + "6\r\n{\"key\"\r\n8\r\n:\"YQ==\"}\r\n0\r\n\r\n"));
      assertThat(count(in, "\"count\":\"1\"}", "HTTP/1.1 200 OK")).isEqualTo(1);
      // Of the oldest HTTP, which has no chunks: the end shows by the connection's.
      out.write(ascii("POST /v3/lease/keepalive HTTP/1.0\r\nContent-Length: 8\r\n\r\n{\"ID\":5}"));
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
          .doesNotContainIgnoringCase("chunked")
          .endsWith("\"ID\":\"5\"}}\n");
    }
  }

  @Test
  void itCanBeTurnedOff() throws Exception {
    try (var store = new TestStore(directory, "--enable-grpc-gateway=false");
        var curl = new Curl(store.port())) {
      assertThat(curl.post("/v3/kv/range", RANGE).status()).isEqualTo(404);
      assertThat(curl.ask("GET", "/v3/kv/range", "").status()).isEqualTo(404);
      assertThat(curl.ask("GET", "/health", "").status()).isEqualTo(200);
    }
  }

  @Test
  void scriptsOfOthersMayReadWhatTheFlagSays() throws Exception {
    try (var store = new TestStore(directory, "--cors=https://a.example:1,http://b.example:80");
        var curl = new Curl(store.port())) {
      for (var path : new String[] {"/health", "/v3/kv/range", "/none"}) {
        for (var method : new String[] {"GET", "OPTIONS", "POST"}) {
          assertThat(origin(curl, method, path, "Origin", "https://a.example:1"))
              .isEqualTo("https://a.example:1");
          assertThat(origin(curl, method, path, "Origin", "https://c.example:1")).isEmpty();
          assertThat(origin(curl, method, path)).isEmpty();
        }
      }
    }
    try (var store = new TestStore(directory.resolve("second"));
        var curl = new Curl(store.port())) {
      assertThat(origin(curl, "GET", "/health")).isEqualTo("*");
      assertThat(curl.whole("OPTIONS", "/v3/watch").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void whoCallsThisMemberByAnotherNameIsRefused() throws Exception {
    try (var store = new TestStore(directory, "--host-whitelist=good.example,::1")) {
      for (var host : new String[] {"good.example", "good.example:2379", "[::1]:2379"}) {
        assertThat(asked(store, host)).as(host).startsWith("HTTP/1.1 200 OK");
      }
      for (var host : new String[] {"127.0.0.1:2379", "evil.example", "good.example.evil:1", ""}) {
        assertThat(asked(store, host))
            .as(host)
            .startsWith("HTTP/1.1 421 ")
            .contains("--host-whitelist");
      }
    }
  }

  private static String asked(TestStore store, String host) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), store.port())) {
      socket.setSoTimeout(60_000);
      socket
          .getOutputStream()
          .write(
              ascii(
                  "POST /v3/kv/range HTTP/1.1\r\nHost: "
                      + host
                      + "\r\nConnection: close\r\nContent-Length: "
                      + RANGE.length()
                      + "\r\n\r\n"
                      + RANGE));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String origin(Curl curl, String method, String path, String... headers)
      throws Exception {
    return curl.whole(method, path, headers)
        .headers()
        .firstValue("Access-Control-Allow-Origin")
        .orElse("");
  }

  private static String places(Curl curl) throws Exception {
    return curl.post(
            "/v3/kv/range", "{\"key\":\"bC8=\",\"range_end\":\"bDA=\",\"count_only\":true}")
        .body();
  }

  private static void enableAuth(Curl curl) throws Exception {
    curl.post("/v3/auth/user/add", "{\"name\":\"root\",\"password\":\"r\"}");
    curl.post("/v3/auth/user/grant", "{\"user\":\"root\",\"role\":\"root\"}");
    assertThat(curl.post("/v3/auth/enable", "{}").status()).isEqualTo(200);
  }

  private static double metric(Curl curl, String name) throws Exception {
    return curl.ask("GET", "/metrics", "")
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
        .findFirst()
        .orElseThrow();
  }

  private static PutRequest put(String key, byte[] value) {
    return PutRequest.newBuilder()
        .setKey(copyFromUtf8(key))
        .setValue(ByteString.copyFrom(value))
        .build();
  }

  private static byte[] post(String path, String body) {
    return ascii(
        "POST "
            + path
            + " HTTP/1.1\r\nHost: x\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n"
            + body);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Reads until a text comes, and counts another one on the way. */
  private static int count(InputStream in, String last, String counted) throws IOException {
    var seen = new StringBuilder();
    byte[] buffer = new byte[1 << 16];
    int found = 0;
    while (seen.indexOf(last) < 0) {
      int read = in.read(buffer);
      if (read < 0) {
        throw new IOException("ended before " + last + ": " + seen);
      }
      seen.append(new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
      for (int at = seen.indexOf(counted); at >= 0; at = seen.indexOf(counted)) {
        found++;
        seen.delete(0, at + counted.length());
      }
      if (seen.length() > 1 << 18) {
        seen.delete(0, seen.length() - 100);
      }
    }
    return found;
  }
}

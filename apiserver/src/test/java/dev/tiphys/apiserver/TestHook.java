package dev.tiphys.apiserver;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.codec.JsonTree.Obj;
import dev.tiphys.daemon.tls.Pem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A webhook: answers reviews over HTTPS with a certificate of the test's authority. */
final class TestHook implements AutoCloseable {

  private static final char[] PASSWORD = "test-only".toCharArray();

  private final HttpsServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final String bundle;
  private final List<Obj> asked = new CopyOnWriteArrayList<>();
  private volatile Function<Obj, String> answer = _ -> "{}";
  private volatile Function<HttpExchange, String> pages = _ -> "";

  private TestHook(HttpsServer server, String bundle) {
    this.server = server;
    this.bundle = bundle;
  }

  /** Starts on a free port, with the certificates of {@code TestCertificates} in a folder. */
  static TestHook start(Path folder) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "server",
        Pem.privateKey(folder.resolve("server.key")),
        PASSWORD,
        Pem.certificates(folder.resolve("server.crt")).toArray(X509Certificate[]::new));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(keys.getKeyManagers(), null, null);
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    TestHook hook =
        new TestHook(
            server,
            Base64.getEncoder().encodeToString(Files.readAllBytes(folder.resolve("ca.crt"))));
    server.setExecutor(hook.threads);
    server.createContext("/", exchange -> hook.handle(exchange));
    server.start();
    return hook;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (exchange.getRequestMethod().equals("GET")) {
        byte[] body = pages.apply(exchange).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(body.length == 0 ? 404 : 200, body.length);
        exchange.getResponseBody().write(body);
        return;
      }
      Obj review = (Obj) JsonTree.parse(exchange.getRequestBody().readAllBytes());
      asked.add(review);
      byte[] body = answer.apply(review).getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  /** Answers with this from now on; what was asked before is forgotten. */
  void answers(Function<Obj, String> how) {
    asked.clear();
    answer = how;
  }

  /** Answers to GET with this from now on; empty for 404. */
  void serves(Function<HttpExchange, String> how) {
    pages = how;
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** What was asked. */
  List<Obj> asked() {
    return List.copyOf(asked);
  }

  /** {@code clientConfig} of a configuration. */
  String client() {
    return "{\"url\":\"https://127.0.0.1:"
        + server.getAddress().getPort()
        + "/hook\",\"caBundle\":\""
        + bundle
        + "\"}";
  }

  /** An AdmissionReview with a response to another. */
  static String admission(Obj review, String response) {
    String uid = text(request(review), "uid");
    return "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\",\"response\":{\"uid\":\""
        + uid
        + "\","
        + response
        + "}}";
  }

  /** What a review asks about. */
  static Obj request(Obj review) {
    return review.get("request") instanceof Obj request ? request : JsonTree.EMPTY_OBJECT;
  }

  static String text(Obj object, String name) {
    return object.get(name) instanceof JsonTree.Text(String text) ? text : "";
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}

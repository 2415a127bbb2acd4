package dev.tiphys.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An API server before a store of three members, each a process: the member that it talks to is
 * stopped, and another killed, while a client writes and another watches.
 */
class StoreFailoverTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Duration SOON = Duration.ofSeconds(120);
  private static final String PASSWORD = "test-only";
  private static final String MAPS = "/api/v1/namespaces/default/configmaps";
  private static final Pattern NAME = Pattern.compile("\"name\":\"(w-\\d+)\"");
  private static final Pattern FOUND =
      Pattern.compile("event=store-found server=http://[^:]*:(\\d+)");

  @TempDir Path folder;
  private final List<Integer> clients = new ArrayList<>();
  private final List<Integer> peers = new ArrayList<>();
  private final List<Process> members = new ArrayList<>();
  private final List<Process> all = new CopyOnWriteArrayList<>();
  private HttpClient http;
  private String server;

  @BeforeEach
  void start() throws Exception {
    for (int i = 0; i < 3; i++) {
      clients.add(freePort());
      peers.add(freePort());
    }
    for (int i = 0; i < 3; i++) {
      members.add(member(i));
    }
    for (int each : clients) {
      await().atMost(SOON).ignoreExceptions().until(() -> isWell(each));
    }
    int port = freePort();
    server = "https://127.0.0.1:" + port;
    KeyStore certificate = certificate();
    http = client(certificate);
    Path tokens = Files.writeString(folder.resolve("tokens.csv"), "t,admin,1,system:masters\n");
    launch(
        "apiserver",
        "--etcd-servers="
            + clients.stream().map(each -> url(each)).collect(Collectors.joining(",")),
        "--bind-address=127.0.0.1",
        "--secure-port=" + port,
        "--tls-cert-file=" + folder.resolve("tls.crt"),
        "--tls-private-key-file=" + folder.resolve("tls.key"),
        "--token-auth-file=" + tokens,
        "--authorization-mode=AlwaysAllow");
    await().atMost(SOON).ignoreExceptions().until(() -> get("/readyz").equals("ok"));
  }

  @AfterEach
  void stop() {
    all.forEach(Process::destroyForcibly);
    all.forEach(process -> process.onExit().join());
  }

  @Test
  void nothingAcknowledgedIsLostAndWatchesGoOn() throws Exception {
    Watched watched = new Watched();
    Written written = new Written();
    written.awaitMore(20);

    Process first = talkedTo();
    signal("STOP", first);
    written.awaitMore(20);
    signal("CONT", first);
    written.awaitMore(20);

    int second = members.indexOf(talkedTo());
    members.get(second).destroyForcibly().onExit().join();
    written.awaitMore(20);
    members.set(second, member(second));
    written.awaitMore(20);
    List<String> acknowledged = written.end();

    await().atMost(SOON).until(() -> watched.names.containsAll(acknowledged));
    assertThat(watched.names).doesNotHaveDuplicates();
    assertThat(watched.ended).isFalse();
    assertThat(names(get(MAPS))).containsAll(acknowledged);
    assertThat(log()).contains("event=store-silent", "event=store-lost", "event=store-found");
  }

  /** The member that the server talks to: the first, or what it found after it had lost one. */
  private Process talkedTo() throws IOException {
    int port =
        FOUND
            .matcher(log())
            .results()
            .map(found -> Integer.valueOf(found.group(1)))
            .reduce(clients.getFirst(), (_, last) -> last);
    return members.get(clients.indexOf(port));
  }

  private static boolean isWell(int port) throws Exception {
    try (HttpClient plain = HttpClient.newHttpClient()) {
      URI health = URI.create(url(port) + "/health");
      return plain
          .send(HttpRequest.newBuilder(health).build(), BodyHandlers.ofString())
          .body()
          .contains("\"health\":\"true\"");
    }
  }

  private String log() throws IOException {
    return Files.readString(folder.resolve("apiserver.log"));
  }

  /** A client that writes one object after the other and notes those that were acknowledged. */
  private final class Written {
    private final List<String> acknowledged = new CopyOnWriteArrayList<>();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Thread thread = Thread.ofVirtual().start(this::run);

    private void run() {
      for (int i = 0; !ended.get(); i++) {
        String name = "w-" + i;
        try {
          String body = "{\"metadata\":{\"name\":\"" + name + "\"}}";
          int code =
              http.send(
                      request(MAPS)
                          .header("Content-Type", "application/json")
                          .POST(HttpRequest.BodyPublishers.ofString(body))
                          .build(),
                      BodyHandlers.discarding())
                  .statusCode();
          if (code == 201) {
            acknowledged.add(name);
          }
        } catch (IOException e) {
          // Not acknowledged, so nothing is promised.
          continue;
        } catch (InterruptedException e) {
          return;
        }
      }
    }

    void awaitMore(int count) {
      int wanted = acknowledged.size() + count;
      await().atMost(SOON).until(() -> acknowledged.size() >= wanted);
    }

    List<String> end() throws InterruptedException {
      ended.set(true);
      thread.join();
      return List.copyOf(acknowledged);
    }
  }

  /** A watch, in the order in which it told of objects. */
  private final class Watched {
    private final List<String> names = new CopyOnWriteArrayList<>();
    private volatile boolean ended;

    Watched() throws Exception {
      var response = http.send(request(MAPS + "?watch=1").build(), BodyHandlers.ofInputStream());
      assertThat(response.statusCode()).isEqualTo(200);
      Thread.ofVirtual()
          .start(() -> {
            try (BufferedReader lines =
                new BufferedReader(
                    new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
              lines.lines().forEach(line -> names.addAll(names(line)));
            } catch (IOException | java.io.UncheckedIOException e) {
              // What ended it is told by the assertion.
              names.add("broken");
            }
            ended = true;
          });
    }
  }

  private static List<String> names(String text) {
    return NAME.matcher(text).results().map(found -> found.group(1)).distinct().toList();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(server + path)).header("Authorization", "Bearer t");
  }

  private String get(String path) throws Exception {
    return http.send(request(path).build(), BodyHandlers.ofString()).body();
  }

  private static void signal(String signal, Process process) {
    Command.run(Map.of(), "", List.of("kill", "-" + signal, String.valueOf(process.pid())))
        .orThrow();
  }

  private Process member(int number) throws IOException {
    return launch(
        "store",
        "--name=m" + number,
        "--data-dir=" + folder.resolve("m" + number),
        "--listen-client-urls=" + url(clients.get(number)),
        "--advertise-client-urls=" + url(clients.get(number)),
        "--listen-peer-urls=" + url(peers.get(number)),
        "--initial-advertise-peer-urls=" + url(peers.get(number)),
        IntStream.range(0, 3)
            .mapToObj(i -> "m" + i + "=" + url(peers.get(i)))
            .collect(Collectors.joining(",", "--initial-cluster=", "")));
  }

  private Process launch(String daemon, String... flags) throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(ROOT.resolve("tiphys").toString(), "daemon", daemon));
    command.addAll(List.of(flags));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(folder.resolve(daemon + ".log").toFile()))
            .start();
    all.add(process);
    return process;
  }

  private static String url(int port) {
    return "http://127.0.0.1:" + port;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** A certificate of its own making, also as the files that the server reads. */
  private KeyStore certificate() throws Exception {
    Path file = folder.resolve("tls.p12");
    Command.run(
            Map.of(),
            "",
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=127.0.0.1",
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD))
        .orThrow();
    KeyStore store = KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
    pem("tls.key", "PRIVATE KEY", store.getKey("server", PASSWORD.toCharArray()).getEncoded());
    pem("tls.crt", "CERTIFICATE", store.getCertificate("server").getEncoded());
    return store;
  }

  private void pem(String file, String label, byte[] der) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    Files.writeString(
        folder.resolve(file),
        "-----BEGIN " + label + "-----\n" + text + "\n-----END " + label + "-----\n");
  }

  private static HttpClient client(KeyStore server) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("server", (X509Certificate) server.getCertificate("server"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(context).build();
  }
}

package dev.tiphys.kubelet.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.cri.CriClient;
import dev.tiphys.daemon.HealthChecks;
import dev.tiphys.daemon.Metrics;
import dev.tiphys.kubelet.containerd.PrivateContainerd;
import dev.tiphys.kubelet.containerd.RequiresContainerd;
import dev.tiphys.kubelet.logs.LogQuota;
import dev.tiphys.kubelet.logs.LogReader;
import dev.tiphys.kubelet.runtime.ContainerRequest;
import dev.tiphys.kubelet.runtime.ContainerRuntime;
import dev.tiphys.kubelet.runtime.CriContainerRuntime;
import dev.tiphys.kubelet.runtime.ImageRequest;
import dev.tiphys.kubelet.runtime.PodCgroups;
import dev.tiphys.kubelet.runtime.PodDns;
import dev.tiphys.kubelet.runtime.RuntimeSettings;
import dev.tiphys.kubelet.runtime.SandboxRequest;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@RequiresContainerd
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@SuppressWarnings("NullAway.Init")
class KubeletServerTest {
  private static final int STDIN = 0;
  private static final int STDOUT = 1;
  private static final int STDERR = 2;
  private static final int ERROR = 3;
  private static final int RESIZE = 4;

  private static PrivateContainerd containerd;
  private static CriClient client;
  private static PodCgroups cgroups;
  private static ContainerRuntime runtime;
  private static TestTls tls;
  private static KubeletServer server;
  private static HttpClient http;
  private static final Pod POD =
      Pod.builder()
          .metadata(ObjectMeta.builder().namespace("default").name("web").uid("uid-web").build())
          .spec(
              PodSpec.builder()
                  .containers(
                      List.of(
                          Container.builder()
                              .name("main")
                              .image(PrivateContainerd.BUSYBOX)
                              .stdin(true)
                              .command(
                                  List.of(
                                      "/bin/sh",
                                      "-c",
                                      "echo started; nc -ll -p 8080 -e /bin/cat & "
                                          + "while read line; do echo got $line; done; sleep 600"))
                              .build(),
                          Container.builder().name("waiting").image("nothing").build()))
                  .build())
          .build();

  @BeforeAll
  static void start() throws Exception {
    containerd = new PrivateContainerd(42);
    client = CriClient.connect(containerd.endpoint());
    cgroups = PodCgroups.find(Path.of("/sys/fs/cgroup"), "/tiphys-server-test");
    LogReader logs = new LogReader(Thread::sleep);
    runtime =
        new CriContainerRuntime(
            client,
            new RuntimeSettings(
                containerd.directory().resolve("logs"),
                containerd.directory().resolve("seccomp"),
                false,
                true,
                1L << 34,
                Duration.ofSeconds(20),
                LogQuota.DEFAULT),
            cgroups.isUnified(),
            logs,
            InstantSource.system());
    await().until(() -> runtime.health().networkReady());
    startPod();
    tls = new TestTls(containerd.directory());
    NodePods pods =
        new NodePods() {
          @Override
          public List<Pod> pods() {
            return List.of(POD);
          }

          @Override
          public Optional<Pod> pod(String namespace, String name) {
            return namespace.equals("default") && name.equals("web")
                ? Optional.of(POD)
                : Optional.empty();
          }
        };
    server =
        KubeletServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            tls.server(),
            Authenticator.byCertificate()
                .or(credentials ->
                    Optional.ofNullable(credentials.bearerToken())
                        .filter("viewer-token"::equals)
                        .map(token -> new Caller("viewer", "", List.of(), Map.of()))),
            (caller, access) ->
                caller.groups().contains("operators") || access.subresources().contains("metrics"),
            new Endpoints(
                "node-1",
                pods,
                runtime,
                logs,
                new HealthChecks(),
                new Metrics(),
                InstantSource.system()));
    http = HttpClient.newBuilder().sslContext(tls.clientWithCertificate()).build();
  }

  private static void startPod() throws Exception {
    SandboxRequest sandbox =
        new SandboxRequest(
            POD,
            0,
            new PodDns.Settings(List.of(), List.of(), List.of()),
            "cluster.local",
            cgroups.create(POD),
            "",
            containerd.directory().resolve("pods/web"));
    String id = runtime.startSandbox(sandbox);
    Container container = java.util.Objects.requireNonNull(POD.spec()).containers().getFirst();
    String image =
        runtime.ensureImage(
            new ImageRequest(sandbox, container, List.of()), (type, reason, message) -> {});
    runtime.startContainer(
        new ContainerRequest(
            sandbox, id, List.of(), container, 0, image, Map.of(), List.of(), null),
        (type, reason, message) -> {});
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
    http.close();
    client.close();
    containerd.close();
    cgroups.removeAll();
  }

  // Who may ask

  @Test
  void refusesWhoeverIsNotKnown() throws Exception {
    try (HttpClient nobody =
        HttpClient.newBuilder().sslContext(tls.clientWithoutCertificate()).build()) {
      assertThat(get(nobody, "/pods", Map.of()).statusCode()).isEqualTo(401);
      assertThat(get(nobody, "/pods", Map.of("Authorization", "Bearer wrong")).statusCode())
          .isEqualTo(401);
    }
  }

  @Test
  void allowsEachOnlyWhatTheyMay() throws Exception {
    try (HttpClient viewer =
        HttpClient.newBuilder().sslContext(tls.clientWithoutCertificate()).build()) {
      Map<String, String> token = Map.of("Authorization", "Bearer viewer-token");
      assertThat(get(viewer, "/metrics", token).statusCode()).isEqualTo(200);
      HttpResponse<String> refused = get(viewer, "/pods", token);
      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(refused.body())
          .isEqualTo(
              "Forbidden (user=viewer, verb=get, resource=nodes, subresource(s)=[pods, proxy])\n");
    }
  }

  // What there is

  @Test
  void answersHealthPodsAndUse() throws Exception {
    assertThat(get("/healthz").body()).isEqualTo("ok");
    assertThat(get("/pods").body()).startsWith("{\"kind\":\"PodList\"").contains("\"uid-web\"");
    assertThat(get("/runningpods/").body()).contains("\"name\":\"main\"");
    assertThat(get("/metrics/resource").body())
        .contains(
            "container_cpu_usage_seconds_total{container=\"main\",namespace=\"default\",pod=\"web\"}")
        .endsWith("resource_scrape_error 0\n");
    assertThat(get("/stats/summary").body()).contains("\"nodeName\":\"node-1\"");
    assertThat(get("/no/such/path").statusCode()).isEqualTo(404);
  }

  // Logs

  @Test
  void showsLogs() throws Exception {
    assertThat(get("/containerLogs/default/web/main?tailLines=1000").body())
        .startsWith("started\n");
    assertThat(get("/containerLogs/default/web/main?limitBytes=3").body()).isEqualTo("sta");
  }

  @Test
  void saysWhyThereIsNoLog() throws Exception {
    HttpResponse<String> noPod = get("/containerLogs/default/none/main");
    assertThat(noPod.statusCode()).isEqualTo(404);
    assertThat(noPod.body()).isEqualTo("pod does not exist\n");
    HttpResponse<String> waiting = get("/containerLogs/default/web/waiting");
    assertThat(waiting.statusCode()).isEqualTo(400);
    assertThat(waiting.body())
        .isEqualTo("container \"waiting\" in pod \"web\" is waiting to start - no logs yet\n");
    assertThat(get("/containerLogs/default/web/main?previous=true").body())
        .isEqualTo("previous terminated container \"main\" in pod \"web\" not found\n");
    assertThat(get("/containerLogs/default/web/main?tailLines=x").statusCode()).isEqualTo(422);
  }

  @Test
  void followsALogUntilTheClientGoes() throws Exception {
    HttpResponse<InputStream> following =
        http.send(
            HttpRequest.newBuilder(uri("/containerLogs/default/web/main?follow=true")).build(),
            HttpResponse.BodyHandlers.ofInputStream());
    InputStream body = following.body();
    assertThat(new String(body.readNBytes(8), UTF_8)).isEqualTo("started\n");

    ChannelsClient attached = connect("attach", "input=1&output=1", "v4.channel.k8s.io");
    attached.send(STDIN, "followed\n".getBytes(UTF_8));

    StringBuilder seen = new StringBuilder();
    while (!seen.toString().contains("got followed\n")) {
      seen.append((char) body.read());
    }
    body.close();
    attached.hangUp();
  }

  // Commands

  @Test
  void endsACommandsInputWhenTheClientEndsIt() throws Exception {
    ChannelsClient exec = exec("v5.channel.k8s.io", "input=1&output=1&error=1", "cat");
    assertThat(exec.protocol()).isEqualTo("v5.channel.k8s.io");

    exec.send(STDIN, "hello".getBytes(UTF_8));
    exec.close(STDIN);

    assertThat(exec.all(STDOUT)).isEqualTo("hello");
    assertThat(exec.all(ERROR)).contains("\"status\":\"Success\"");
    assertThat(exec.closeCode()).isEqualTo(1000);
  }

  @Test
  void carriesMoreThanAnyWindowHolds() throws Exception {
    ChannelsClient exec = exec("v5.channel.k8s.io", "input=1&output=1", "wc", "-c");
    byte[] chunk = new byte[32 << 10];
    for (int i = 0; i < 256; i++) {
      exec.send(STDIN, chunk);
    }
    exec.close(STDIN);

    assertThat(exec.all(STDOUT).strip()).isEqualTo(Integer.toString(256 * (32 << 10)));
  }

  @Test
  void bringsALongOutputWhole() throws Exception {
    ChannelsClient exec =
        exec(
            "v4.channel.k8s.io",
            "output=1",
            "sh",
            "-c",
            "i=0; while [ $i -lt 100000 ]; do echo 0123456789; i=$((i+1)); done");

    assertThat(exec.all(STDOUT)).hasSize(1_100_000);
  }

  @Test
  void tellsHowACommandFailed() throws Exception {
    ChannelsClient exec =
        exec("v4.channel.k8s.io", "output=1&error=1", "sh", "-c", "echo no >&2; exit 3");

    assertThat(exec.all(STDERR)).isEqualTo("no\n");
    assertThat(exec.all(ERROR))
        .contains("\"reason\":\"NonZeroExitCode\"")
        .contains("{\"reason\":\"ExitCode\",\"message\":\"3\"}");
  }

  @Test
  void givesATerminalItsSize() throws Exception {
    ChannelsClient exec =
        exec(
            "v5.channel.k8s.io",
            "input=1&output=1&tty=1",
            "sh",
            "-c",
            "while [ \"$(stty size)\" != '33 77' ]; do busybox usleep 20000; done; echo yes");
    exec.send(RESIZE, "{\"Width\":77,\"Height\":33}".getBytes(UTF_8));

    assertThat(exec.all(STDOUT)).endsWith("yes\r\n");
  }

  @Test
  void attachesToWhatRuns() throws Exception {
    ChannelsClient attached = connect("attach", "input=1&output=1", "v5.channel.k8s.io");
    attached.send(STDIN, "attached\n".getBytes(UTF_8));

    await().until(() -> attached.soFar(STDOUT).contains("got attached\n"));
    attached.hangUp();
  }

  @Test
  void runsACommandWithoutStreams() throws Exception {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(uri("/run/default/web/main?cmd=echo+hi"))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.body()).isEqualTo("hi\n");
  }

  @Test
  void refusesStreamsThatCannotBe() throws Exception {
    assertThat(get("/exec/default/web/main?command=ls").statusCode()).isEqualTo(400);
    assertThat(get("/exec/default/web/main?command=ls&output=1").body())
        .startsWith("unable to upgrade: missing upgrade headers in request");
    assertThat(get("/exec/default/web/waiting?command=ls&output=1").body())
        .isEqualTo("container not found (\"waiting\")\n");
    assertThatThrownBy(() -> exec("v1.no.such", "output=1", "ls"))
        .rootCause()
        .hasMessageContaining("400");
  }

  // Ports, and commands of clients that speak SPDY: the runtime's own protocol, passed through

  @Test
  void forwardsPortsThroughSpdy() throws Exception {
    try (SpdyClient spdy = spdy("/portForward/default/web", "portforward.k8s.io")) {
      spdy.open(1, Map.of("streamtype", "error", "port", "8080", "requestid", "0"));
      spdy.open(3, Map.of("streamtype", "data", "port", "8080", "requestid", "0"));
      spdy.send(3, "ping");

      assertThat(spdy.receive(3, 4)).isEqualTo("ping");
    }
  }

  @Test
  void runsCommandsThroughSpdy() throws Exception {
    try (SpdyClient spdy =
        spdy("/exec/default/web/main?command=echo&command=spdy&output=1", "v4.channel.k8s.io")) {
      spdy.open(1, Map.of("streamtype", "error"));
      spdy.open(3, Map.of("streamtype", "stdout"));

      assertThat(spdy.receive(3, 5)).isEqualTo("spdy\n");
    }
  }

  @Test
  void forwardsPortsThroughSpdyInAWebSocket() throws Exception {
    try (SpdyClient spdy =
        SpdyClient.inWebSocket(
            tls.clientWithCertificate(),
            server.port(),
            "/portForward/default/web",
            "SPDY/3.1+portforward.k8s.io")) {
      spdy.open(1, Map.of("streamtype", "error", "port", "8080", "requestid", "0"));
      spdy.open(3, Map.of("streamtype", "data", "port", "8080", "requestid", "0"));
      spdy.send(3, "pong");

      assertThat(spdy.receive(3, 4)).isEqualTo("pong");
    }
  }

  private static SpdyClient spdy(String path, String protocol) throws Exception {
    return SpdyClient.plain(tls.clientWithCertificate(), server.port(), path, protocol);
  }

  private static ChannelsClient exec(String protocol, String streams, String... command) {
    String words =
        Arrays.stream(command)
            .map(word -> "command=" + URLEncoder.encode(word, UTF_8))
            .collect(Collectors.joining("&"));
    return connect("exec", streams + "&" + words, protocol);
  }

  private static ChannelsClient connect(String verb, String query, String protocol) {
    return new ChannelsClient(
        http, webSocketUri("/" + verb + "/default/web/main?" + query), protocol);
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return get(http, path, Map.of());
  }

  private static HttpResponse<String> get(HttpClient from, String path, Map<String, String> headers)
      throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(path));
    headers.forEach(request::header);
    return from.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static URI uri(String path) {
    return URI.create("https://127.0.0.1:" + server.port() + path);
  }

  private static URI webSocketUri(String path) {
    return URI.create("wss://127.0.0.1:" + server.port() + path);
  }
}

package dev.tiphys.store;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.daemon.tls.OwnCertificate;
import dev.tiphys.daemon.tls.Pem;
import dev.tiphys.store.gateway.JsonGateway;
import dev.tiphys.store.grpc.GrpcServer;
import dev.tiphys.store.grpc.Methods;
import dev.tiphys.store.grpc.ServerSettings;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.PutRequest;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages beside gRPC at the client URLs, spoken to through bare sockets. */
class ClientDoorTest {
  private static final String GET_HEALTH = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";
  private static final String LAST_WORDS = "GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n";

  @TempDir private Path directory = Path.of("");

  @Test
  void pagesAreServedBesideGrpc() throws Exception {
    try (var store = new TestStore(directory)) {
      put(store);
      assertThat(tell(plain(store), GET_HEALTH + LAST_WORDS.replace("/livez", "/version")))
          .startsWith("HTTP/1.1 200 OK\r\n")
          .contains("{\"health\":\"true\",\"reason\":\"\"}");
      assertThat(tell(plain(store), LAST_WORDS)).endsWith("\r\n\r\nok");
      assertThat(tell(plain(store), LAST_WORDS.replace("/livez", "/livez/ping")))
          .endsWith("\r\n\r\nok");
      assertThat(tell(plain(store), LAST_WORDS.replace("/livez", "/readyz?verbose")))
          .contains("[+]linearizable_read ok");
      assertThat(tell(plain(store), LAST_WORDS.replace("/livez", "/metrics")))
          .contains("etcd_debugging_mvcc_current_revision 2.0");
      assertThat(tell(plain(store), LAST_WORDS.replace("/livez", "/version")))
          .contains("{\"etcdserver\":");
      put(store);
    }
  }

  @Test
  void aConnectionServesOneRequestAfterTheOther() throws Exception {
    try (var store = new TestStore(directory);
        var socket = plain(store)) {
      for (int i = 0; i < 3; i++) {
        socket.getOutputStream().write(GET_HEALTH.getBytes(StandardCharsets.US_ASCII));
        assertThat(answer(socket)).endsWith("{\"health\":\"true\",\"reason\":\"\"}");
      }
      assertThat(tell(socket, LAST_WORDS)).contains("connection: close").endsWith("ok");
    }
  }

  @Test
  void whatIsNoPageIsRefused() throws Exception {
    try (var store = new TestStore(directory)) {
      assertThat(tell(plain(store), LAST_WORDS.replace("/livez", "/livezz")))
          .startsWith("HTTP/1.1 404 ");
      assertThat(tell(plain(store), LAST_WORDS.replace("GET", "HEAD")))
          .startsWith("HTTP/1.1 200 ")
          .endsWith("\r\n\r\n");
      assertThat(
              tell(
                  plain(store),
                  "POST /health HTTP/1.1\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody"))
          .startsWith("HTTP/1.1 405 ");
      assertThat(tell(plain(store), "GET /" + "x".repeat(100_000))).startsWith("HTTP/1.1 400 ");
      assertThat(tell(plain(store), "PRIVATE /\r\n\r\n")).startsWith("HTTP/1.1 400 ");
      put(store);
    }
  }

  @Test
  void overTlsWhoCanSpeakBothGetsPages() throws Exception {
    var server = TestCertificate.make(directory, "server");
    try (var store = tlsStore(server)) {
      assertThat(tell(tls(store, server, null, "h2", "http/1.1"), LAST_WORDS)).endsWith("ok");
      assertThat(tell(tls(store, server, null, "http/1.1"), LAST_WORDS)).endsWith("ok");
      assertThat(tell(tls(store, server, null), LAST_WORDS)).endsWith("ok");
      try (var socket = tls(store, server, null, "h2")) {
        assertThat(socket.getApplicationProtocol()).isEqualTo("h2");
      }
      putOverTls(store, server);
    }
  }

  @Test
  void whereClientsMustShowACertificateSoMustReadersOfPages() throws Exception {
    var server = TestCertificate.make(directory, "server");
    var client = TestCertificate.make(directory, "client");
    try (var store =
        tlsStore(server, "--trusted-ca-file=" + client.certificate(), "--client-cert-auth")) {
      assertThat(tell(tls(store, server, client, "http/1.1"), LAST_WORDS)).endsWith("ok");
      assertThatThrownBy(() -> tell(tls(store, server, null, "http/1.1"), LAST_WORDS))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void theNameInACertificateCountsForJsonToo() throws Exception {
    var server = TestCertificate.make(directory, "server");
    var root = TestCertificate.make(directory, "root");
    try (var store =
        tlsStore(server, "--trusted-ca-file=" + root.certificate(), "--client-cert-auth")) {
      for (var step :
          List.of(
              "user/add {\"name\":\"root\",\"password\":\"r\"}",
              "user/grant {\"user\":\"root\",\"role\":\"root\"}",
              "enable {}",
              "user/list {}")) {
        var words = step.split(" ");
        var request =
            "POST /v3/auth/%s HTTP/1.1\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(words[0], words[1].length(), words[1]);
        assertThat(tell(tls(store, server, root, "http/1.1"), request))
            .as(step)
            .startsWith("HTTP/1.1 200 OK");
      }
    }
  }

  @Test
  void whoSaysNothingOrSpeaksSlowlyIsLeft() {
    var desk = desk();
    var channel = new EmbeddedChannel();
    channel.freezeTime();
    channel.pipeline().addLast(door(desk));
    channel.advanceTimeBy(Limits.HTTP_TURN.toMillis() - 1, TimeUnit.MILLISECONDS);
    assertThat(channel.isOpen()).isTrue();
    for (byte letter : "GET ".getBytes(StandardCharsets.US_ASCII)) {
      channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {letter}));
      channel.advanceTimeBy(Limits.HTTP_TURN.toMillis() / 4, TimeUnit.MILLISECONDS);
      channel.runScheduledPendingTasks();
    }
    assertThat(channel.isOpen()).isFalse();
    var silent = new EmbeddedChannel();
    silent.freezeTime();
    silent.pipeline().addLast(door(desk));
    silent.advanceTimeBy(Limits.HTTP_TURN.toMillis() + 1, TimeUnit.MILLISECONDS);
    silent.runScheduledPendingTasks();
    assertThat(silent.isOpen()).isFalse();
  }

  @Test
  void onlySoManyConnectionsReadPages() {
    var desk = desk();
    EmbeddedChannel last = new EmbeddedChannel();
    for (int i = 0; i <= Limits.HTTP_CONNECTIONS; i++) {
      assertThat(last.isOpen()).isTrue();
      last = new EmbeddedChannel(door(desk));
      last.writeInbound(Unpooled.copiedBuffer("GET ", StandardCharsets.US_ASCII));
    }
    assertThat(last.isOpen()).isFalse();
  }

  @Test
  void jetcdSpeaksOverTls() throws Exception {
    var server = TestCertificate.make(directory, "server");
    var context =
        GrpcSslContexts.configure(GrpcSslContexts.forClient(), SslProvider.JDK)
            .trustManager(Pem.certificates(server.certificate()).getFirst())
            .build();
    try (var store = tlsStore(server);
        var client =
            Client.builder()
                .endpoints("https://127.0.0.1:" + store.ports().getLast())
                .sslContext(context)
                .build()) {
      var key = ByteSequence.from("a", StandardCharsets.UTF_8);
      assertThat(client.getKVClient().put(key, key).get(60, TimeUnit.SECONDS)).isNotNull();
    }
  }

  private static HttpDesk desk() {
    return new HttpDesk(
        new HttpPages((_, _) -> Optional.empty()),
        new JsonGateway(List.of(), 1),
        new HttpRules(true, Set.of("*"), Set.of("*")),
        Runnable::run);
  }

  private static ChannelHandler door(HttpDesk desk) {
    var settings =
        new ServerSettings(1, 1, Duration.ofSeconds(5), Duration.ZERO, Duration.ofSeconds(20));
    var grpc = new GrpcServer(new Methods(List.of(), _ -> true), settings, Runnable::run, () -> 0L);
    return new ClientDoor(null, Runnable::run, desk, grpc);
  }

  private TestStore tlsStore(TestCertificate server, String... flags) throws IOException {
    var all = new ArrayList<String>();
    all.add("--listen-client-urls=https://127.0.0.1:0");
    all.add("--cert-file=" + server.certificate());
    all.add("--key-file=" + server.key());
    all.addAll(List.of(flags));
    return new TestStore(directory.resolve("data"), all.toArray(String[]::new));
  }

  private static void put(TestStore store) {
    KVGrpc.newBlockingStub(store.channel())
        .put(PutRequest.newBuilder().setKey(copyFromUtf8("a")).build());
  }

  private static void putOverTls(TestStore store, TestCertificate server) throws Exception {
    var context =
        GrpcSslContexts.configure(GrpcSslContexts.forClient(), SslProvider.JDK)
            .trustManager(Pem.certificates(server.certificate()).getFirst())
            .build();
    var channel =
        NettyChannelBuilder.forAddress("127.0.0.1", store.ports().getLast())
            .sslContext(context)
            .build();
    try {
      KVGrpc.newBlockingStub(channel)
          .put(PutRequest.newBuilder().setKey(copyFromUtf8("a")).build());
    } finally {
      channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
  }

  private static Socket plain(TestStore store) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), store.port());
  }

  private static SSLSocket tls(
      TestStore store, TestCertificate server, @Nullable TestCertificate own, String... protocols)
      throws Exception {
    var known = KeyStore.getInstance("PKCS12");
    known.load(null, null);
    known.setCertificateEntry("server", Pem.certificates(server.certificate()).getFirst());
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(known);
    var context = SSLContext.getInstance("TLS");
    context.init(
        own == null ? null : new KeyManager[] {OwnCertificate.read(own.certificate(), own.key())},
        trust.getTrustManagers(),
        null);
    var socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), store.ports().getLast());
    var parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(protocols);
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  /** Says something and returns all that is said until the other side closes. */
  private static String tell(Socket socket, String words) throws IOException {
    try (socket) {
      socket.setSoTimeout(60_000);
      socket.getOutputStream().write(words.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** One answer, of a connection that stays open. */
  private static String answer(Socket socket) throws IOException {
    var bytes = new ByteArrayOutputStream();
    while (!bytes.toString(StandardCharsets.UTF_8).endsWith("}")) {
      bytes.write(socket.getInputStream().read());
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}

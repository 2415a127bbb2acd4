package dev.tiphys.apiserver.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket.Listener;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpServerTest {

  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Headers TEXT = Headers.of("Content-Type", "text/plain");

  @TempDir static Path folder;
  private static TestCertificates certificates;

  private final List<AutoCloseable> toClose = new ArrayList<>();

  @BeforeAll
  static void makeCertificates() throws Exception {
    certificates = TestCertificates.in(folder);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable closeable : toClose) {
      closeable.close();
    }
  }

  private HttpServer serve(@Nullable TlsFiles tls, HttpHandler handler) {
    HttpServer server =
        HttpServer.start(
            new HttpServerConfig(new InetSocketAddress("127.0.0.1", 0), tls, Duration.ofSeconds(2)),
            handler);
    toClose.add(server);
    return server;
  }

  private HttpClient client(HttpClient.Version version, @Nullable String identity)
      throws Exception {
    HttpClient client =
        HttpClient.newBuilder()
            .version(version)
            .sslContext(certificates.clientContext(identity))
            .build();
    toClose.addFirst(client::shutdownNow);
    return client;
  }

  private static HttpRequest.Builder request(HttpServer server, String path) {
    return HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + path))
        .timeout(SOON);
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 'x');
    return bytes;
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void theHandlerSeesTheRequestDecoded(HttpClient.Version version) throws Exception {
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    HttpServer server =
        serve(
            certificates.serverFiles(),
            exchange -> {
              seen.add(exchange.method());
              seen.add(exchange.rawPath());
              seen.add(exchange.path());
              seen.add(exchange.query().all("labelSelector").toString());
              seen.add(exchange.headers().firstOr("x-mark", ""));
              seen.add(exchange.protocol());
              exchange.respond(200, TEXT, exchange.readBody(100));
            });

    HttpResponse<String> response =
        client(version, null)
            .send(
                request(server, "/api/a%2Fb?labelSelector=a%3Db&labelSelector=c+d")
                    .header("X-Mark", "m")
                    .POST(BodyPublishers.ofString("hello"))
                    .build(),
                BodyHandlers.ofString());

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("hello");
    assertThat(seen)
        .containsExactly(
            "POST",
            "/api/a%2Fb",
            "/api/a/b",
            "[a=b, c d]",
            "m",
            version == HttpClient.Version.HTTP_2 ? "HTTP/2.0" : "HTTP/1.1");
  }

  @Test
  void aClientCertificateOfTheCaIsShownToTheHandler() throws Exception {
    HttpServer server =
        serve(
            certificates.serverFiles(),
            exchange ->
                exchange.respond(
                    200,
                    TEXT,
                    exchange
                        .peerCertificates()
                        .getFirst()
                        .getSubjectX500Principal()
                        .getName()
                        .getBytes(UTF_8)));

    String body =
        client(HttpClient.Version.HTTP_2, "client")
            .send(request(server, "/").build(), BodyHandlers.ofString())
            .body();

    assertThat(body).contains("CN=alice").contains("O=testers");
  }

  @Test
  void aClientCertificateOfAnotherCaIsRefused() throws Exception {
    HttpServer server = serve(certificates.serverFiles(), e -> e.respond(200, TEXT));
    try (Socket socket =
        certificates
            .clientContext("stranger")
            .getSocketFactory()
            .createSocket("127.0.0.1", server.port())) {
      socket.setSoTimeout((int) SOON.toMillis());
      socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(ISO_8859_1));

      assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SSLException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void aBodyOverTheLimitIsATypedErrorAndTheConnectionGoesOn(HttpClient.Version version)
      throws Exception {
    HttpServer server =
        serve(
            certificates.serverFiles(),
            exchange -> {
              try {
                exchange.respond(200, TEXT, exchange.readBody(1000));
              } catch (BodyTooLargeException e) {
                exchange.respond(413, TEXT, String.valueOf(e.limit()).getBytes(UTF_8));
              }
            });
    HttpClient client = client(version, null);

    HttpResponse<String> tooLarge =
        client.send(
            request(server, "/").POST(BodyPublishers.ofByteArray(bytes(5000))).build(),
            BodyHandlers.ofString());
    HttpResponse<String> next =
        client.send(
            request(server, "/").POST(BodyPublishers.ofString("ok")).build(),
            BodyHandlers.ofString());

    assertThat(tooLarge.statusCode()).isEqualTo(413);
    assertThat(tooLarge.body()).isEqualTo("1000");
    assertThat(next.body()).isEqualTo("ok");
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void largeBodiesPassBothWaysPiecewise(HttpClient.Version version) throws Exception {
    HttpServer server =
        serve(
            certificates.serverFiles(),
            exchange -> {
              byte[] body = exchange.body().readAllBytes();
              exchange.respond(200, TEXT, Collections.nCopies(8, body));
            });

    byte[] answer =
        client(version, null)
            .send(
                request(server, "/").POST(BodyPublishers.ofByteArray(bytes(3_000_000))).build(),
                BodyHandlers.ofByteArray())
            .body();

    assertThat(answer).hasSize(24_000_000);
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void aLargeBodyIsCompressedForWhoAcceptsIt(HttpClient.Version version) throws Exception {
    HttpServer server =
        serve(
            certificates.serverFiles(),
            exchange -> {
              List<byte[]> segments = Collections.nCopies(300, bytes(1000));
              if (exchange.path().equals("/list")) {
                exchange.respond(200, TEXT, segments);
              } else {
                exchange.respondStreaming(200, TEXT, segments.iterator());
              }
            });
    HttpClient client = client(version, null);

    for (String path : List.of("/list", "/streamed")) {
      HttpResponse<byte[]> response =
          client.send(
              request(server, path).header("Accept-Encoding", "gzip").build(),
              BodyHandlers.ofByteArray());

      assertThat(response.headers().firstValue("Content-Encoding")).contains("gzip");
      assertThat(response.body().length).isLessThan(10_000);
      try (InputStream plain =
          new GZIPInputStream(new java.io.ByteArrayInputStream(response.body()))) {
        assertThat(plain.readAllBytes()).hasSize(300_000);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void headGetsTheHeadersAlone(HttpClient.Version version) throws Exception {
    HttpServer server =
        serve(certificates.serverFiles(), exchange -> exchange.respond(200, TEXT, bytes(10)));

    HttpResponse<String> response =
        client(version, null).send(request(server, "/").HEAD().build(), BodyHandlers.ofString());

    assertThat(response.headers().firstValue("Content-Length")).contains("10");
    assertThat(response.body()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void aStreamArrivesAsItIsFlushedAndItsHandlerLearnsThatTheClientWent(HttpClient.Version version)
      throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    HttpServer server =
        serve(
            certificates.serverFiles(),
            exchange -> {
              exchange.onClientGone(gone::countDown);
              try (ResponseStream stream = exchange.startStream(200, TEXT)) {
                stream.write("first\n".getBytes(UTF_8));
                stream.flush();
                await(gone);
              }
            });
    HttpClient client = client(version, null);

    HttpResponse<InputStream> response =
        client.send(request(server, "/").build(), BodyHandlers.ofInputStream());
    byte[] first = response.body().readNBytes(6);
    response.body().close();

    assertThat(new String(first, UTF_8)).isEqualTo("first\n");
    assertThat(gone.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void aClientThatDoesNotReadHoldsItsHandlerOnly(HttpClient.Version version) throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    HttpServer server =
        serve(
            certificates.serverFiles(),
            exchange -> {
              if (exchange.path().equals("/quick")) {
                exchange.respond(200, TEXT, bytes(2));
                return;
              }
              long[] handedOver = {0};
              exchange.onClientGone(held::countDown);
              exchange.respondStreaming(
                  200,
                  TEXT,
                  java.util.stream.Stream.generate(() -> bytes(100_000))
                      .peek(piece -> handedOver[0] += piece.length)
                      .limit(10_000)
                      .iterator());
            });
    HttpClient client = client(version, null);

    HttpResponse<InputStream> slow =
        client.send(request(server, "/slow").build(), BodyHandlers.ofInputStream());
    String quick = client.send(request(server, "/quick").build(), BodyHandlers.ofString()).body();
    slow.body().close();

    assertThat(quick).isEqualTo("xx");
    assertThat(held.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aHandlerThatFailsIsA500() throws Exception {
    HttpServer server =
        serve(
            certificates.serverFiles(),
            _ -> {
              throw new IllegalStateException("expected in this test");
            });

    assertThat(
            client(HttpClient.Version.HTTP_2, null)
                .send(request(server, "/").build(), BodyHandlers.ofString())
                .statusCode())
        .isEqualTo(500);
  }

  @Test
  void evenAnErrorInAHandlerLeavesNoClientWaiting() throws Exception {
    HttpServer server =
        serve(
            certificates.serverFiles(),
            _ -> {
              throw new StackOverflowError("expected in this test");
            });

    assertThat(
            client(HttpClient.Version.HTTP_1_1, null)
                .send(request(server, "/").build(), BodyHandlers.ofString())
                .statusCode())
        .isEqualTo(500);
  }

  @Test
  void anOldClientGetsAStreamThatEndsWithTheConnection() throws Exception {
    HttpServer server =
        serve(
            null,
            exchange -> {
              try (ResponseStream stream = exchange.startStream(200, TEXT)) {
                stream.write("old".getBytes(UTF_8));
              }
            });

    assertThat(raw(server, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"))
        .doesNotContain("chunked")
        .endsWith("\r\n\r\nold");
  }

  @Test
  void requestsSentAheadAreAnsweredInOrder() throws Exception {
    HttpServer server =
        serve(null, exchange -> exchange.respond(200, TEXT, exchange.path().getBytes(UTF_8)));

    String answers =
        raw(
            server,
            "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n"
                + "POST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
                + "GET /3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

    assertThat(answers).containsSubsequence("/1", "/2", "/3").contains("Connection: close");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense\r\n\r\n",
        "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET nowhere HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nBad Name: 1\r\n\r\n"
      })
  void whatIsNoRequestGets400AndAClosedConnection(String text) throws Exception {
    HttpServer server = serve(null, exchange -> exchange.respond(200, TEXT, exchange.readBody(10)));

    assertThat(raw(server, text)).startsWith("HTTP/1.1 400 ");
  }

  @Test
  void tooLongHeadersGet431() throws Exception {
    HttpServer server = serve(null, exchange -> exchange.respond(200, TEXT));

    String text = "GET / HTTP/1.1\r\nHost: x\r\nA: " + "a".repeat(1_100_000) + "\r\n\r\n";

    assertThat(raw(server, text)).startsWith("HTTP/1.1 431 ");
  }

  @Test
  void aClientThatWaitsToSendItsBodyIsToldToGoOn() throws Exception {
    HttpServer server = serve(null, exchange -> exchange.respond(200, TEXT, exchange.readBody(10)));
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      socket
          .getOutputStream()
          .write(
              "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
                  .getBytes(ISO_8859_1));
      byte[] goOn = socket.getInputStream().readNBytes("HTTP/1.1 100 Continue\r\n\r\n".length());
      socket.getOutputStream().write("ok".getBytes(ISO_8859_1));
      byte[] answer = socket.getInputStream().readNBytes("HTTP/1.1 200 OK".length());

      assertThat(new String(goOn, ISO_8859_1)).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
      assertThat(new String(answer, ISO_8859_1)).isEqualTo("HTTP/1.1 200 OK");
    }
  }

  @Test
  void webSocketMessagesPassBothWays() throws Exception {
    HttpServer server =
        serve(
            certificates.serverFiles(),
            exchange -> {
              assertThat(exchange.webSocketProtocols()).containsExactly("v5", "v4");
              try (WebSocket socket = exchange.acceptWebSocket("v4")) {
                WebSocket.Message message = socket.receive();
                while (message != null) {
                  socket.sendBinary(message.data(), "!".getBytes(UTF_8));
                  message = socket.receive();
                }
              }
            });
    BlockingQueue<String> received = new LinkedBlockingQueue<>();
    CompletableFuture<Integer> closed = new CompletableFuture<>();
    java.net.http.WebSocket socket =
        client(HttpClient.Version.HTTP_1_1, null)
            .newWebSocketBuilder()
            .subprotocols("v5", "v4")
            .buildAsync(
                URI.create("wss://127.0.0.1:" + server.port() + "/exec"),
                new Listener() {
                  private final StringBuilder message = new StringBuilder();

                  @Override
                  public @Nullable CompletionStage<?> onBinary(
                      java.net.http.WebSocket webSocket, ByteBuffer data, boolean last) {
                    message.append(UTF_8.decode(data));
                    if (last) {
                      received.add(message.toString());
                      message.setLength(0);
                    }
                    webSocket.request(1);
                    return null;
                  }

                  @Override
                  public @Nullable CompletionStage<?> onClose(
                      java.net.http.WebSocket webSocket, int code, String reason) {
                    closed.complete(code);
                    return null;
                  }
                })
            .get(SOON.toSeconds(), TimeUnit.SECONDS);
    String large = "y".repeat(200_000);

    socket.sendText("hello", true).join();
    socket.sendBinary(ByteBuffer.wrap(large.substring(0, 1000).getBytes(UTF_8)), false).join();
    socket.sendPing(ByteBuffer.allocate(0)).join();
    socket.sendBinary(ByteBuffer.wrap(large.substring(1000).getBytes(UTF_8)), true).join();
    String first = received.poll(SOON.toSeconds(), TimeUnit.SECONDS);
    String second = received.poll(SOON.toSeconds(), TimeUnit.SECONDS);
    socket.sendClose(java.net.http.WebSocket.NORMAL_CLOSURE, "").join();

    assertThat(socket.getSubprotocol()).isEqualTo("v4");
    assertThat(first).isEqualTo("hello!");
    assertThat(second).isEqualTo(large + "!");
    assertThat(closed.get(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo(1000);
  }

  @Test
  void anUpgradeHandsOverTheBytes() throws Exception {
    HttpServer server =
        serve(
            null,
            exchange -> {
              try (Tunnel tunnel = exchange.switchProtocols(Headers.of("Upgrade", "echo/1"))) {
                byte[] three = tunnel.input().readNBytes(3);
                tunnel.output().write(three);
              }
            });

    String answer =
        raw(
            server,
            "POST / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo/1\r\n\r\nabc");

    assertThat(answer)
        .startsWith("HTTP/1.1 101 ")
        .contains("Upgrade: echo/1")
        .endsWith("\r\n\r\nabc");
  }

  @Test
  void closingEndsStreamsInOrderAndRefusesNewConnections() throws Exception {
    CountDownLatch streaming = new CountDownLatch(1);
    HttpServer server =
        serve(
            certificates.serverFiles(),
            exchange -> {
              CountDownLatch end = new CountDownLatch(1);
              exchange.onClientGone(end::countDown);
              try (ResponseStream stream = exchange.startStream(200, TEXT)) {
                streaming.countDown();
                await(end);
                stream.write("bye".getBytes(UTF_8));
              }
            });
    CompletableFuture<HttpResponse<String>> response =
        client(HttpClient.Version.HTTP_2, null)
            .sendAsync(request(server, "/").build(), BodyHandlers.ofString());
    await(streaming);

    server.close();

    assertThat(response.get(SOON.toSeconds(), TimeUnit.SECONDS).body()).isEqualTo("bye");
    assertThatThrownBy(() -> new Socket("127.0.0.1", server.port()).close())
        .isInstanceOf(IOException.class);
  }

  /** Sends bytes and returns all that comes back until the server closes. */
  private static String raw(HttpServer server, String text) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      socket.setSoTimeout((int) SOON.toMillis());
      socket.getOutputStream().write(text.getBytes(ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }
}

package dev.tiphys.apiserver.kubelet;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.api.core.v1.DaemonEndpoint;
import dev.tiphys.api.core.v1.Node;
import dev.tiphys.api.core.v1.NodeAddress;
import dev.tiphys.api.core.v1.NodeDaemonEndpoints;
import dev.tiphys.api.core.v1.NodeStatus;
import dev.tiphys.apiserver.http.Headers;
import dev.tiphys.apiserver.http.HttpExchange;
import dev.tiphys.apiserver.http.HttpHandler;
import dev.tiphys.apiserver.http.HttpServer;
import dev.tiphys.apiserver.http.HttpServerConfig;
import dev.tiphys.apiserver.http.ResponseStream;
import dev.tiphys.apiserver.http.TestCertificates;
import dev.tiphys.apiserver.http.Tunnel;
import dev.tiphys.apiserver.http.WebSocket;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubeletClientTest {

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
    for (AutoCloseable closeable : toClose.reversed()) {
      closeable.close();
    }
  }

  private HttpServer serve(boolean tls, HttpHandler handler) {
    HttpServer server =
        HttpServer.start(
            new HttpServerConfig(
                new InetSocketAddress("127.0.0.1", 0),
                tls ? certificates.serverFiles() : null,
                Duration.ofSeconds(1)),
            handler);
    toClose.add(server);
    return server;
  }

  /** A server that passes everything on to a kubelet. */
  private HttpServer front(HttpServer kubelet) {
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    toClose.add(threads::shutdownNow);
    KubeletClient client =
        new KubeletClient(
            new KubeletConfig(
                certificates.file("client.crt"),
                certificates.file("client.key"),
                certificates.file("ca.crt"),
                KubeletConfig.DEFAULT_ADDRESS_TYPES),
            threads);
    return serve(
        false,
        exchange -> {
          try {
            KubeletClient.Refusal refusal =
                client.pass(
                    exchange,
                    new KubeletAddress("127.0.0.1", kubelet.port()),
                    exchange.rawTarget());
            if (refusal != null) {
              exchange.respond(refusal.status(), TEXT, refusal.body());
            }
          } catch (KubeletException e) {
            exchange.respond(500, TEXT, String.valueOf(e.getMessage()).getBytes(UTF_8));
          }
        });
  }

  private HttpClient client() {
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    toClose.add(client::shutdownNow);
    return client;
  }

  private static HttpRequest request(HttpServer server, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
        .timeout(SOON)
        .build();
  }

  @Test
  void theKubeletKnowsUsByOurCertificateAndGetsPathAndQuery() throws Exception {
    HttpServer kubelet =
        serve(
            true,
            exchange ->
                exchange.respond(
                    200,
                    TEXT,
                    (exchange.rawTarget()
                            + " "
                            + exchange.peerCertificates().getFirst().getSubjectX500Principal())
                        .getBytes(UTF_8)));

    String body =
        client()
            .send(
                request(front(kubelet), "/containerLogs/ns/pod/c?follow=true"),
                BodyHandlers.ofString())
            .body();

    assertThat(body).startsWith("/containerLogs/ns/pod/c?follow=true ").contains("CN=alice");
  }

  @Test
  void aLogArrivesLineByLineAndEndsWhenItsReaderGoes() throws Exception {
    CountDownLatch readerGone = new CountDownLatch(1);
    HttpServer kubelet =
        serve(
            true,
            exchange -> {
              exchange.onClientGone(readerGone::countDown);
              try (ResponseStream stream = exchange.startStream(200, TEXT)) {
                stream.write("line\n".getBytes(UTF_8));
                stream.flush();
                await(readerGone);
              }
            });

    HttpResponse<InputStream> response =
        client().send(request(front(kubelet), "/"), BodyHandlers.ofInputStream());
    String line = new String(response.body().readNBytes(5), UTF_8);
    response.body().close();

    assertThat(line).isEqualTo("line\n");
    assertThat(readerGone.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aRefusalIsLeftToTheCaller() throws Exception {
    HttpServer kubelet =
        serve(true, exchange -> exchange.respond(404, TEXT, "no such container".getBytes(UTF_8)));

    HttpResponse<String> response =
        client().send(request(front(kubelet), "/"), BodyHandlers.ofString());

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.body()).isEqualTo("no such container");
  }

  @Test
  void aKubeletThatIsDownIsNamed() throws Exception {
    HttpServer kubelet = serve(true, exchange -> exchange.respond(200, TEXT));
    HttpServer front = front(kubelet);
    kubelet.close();

    assertThat(client().send(request(front, "/"), BodyHandlers.ofString()).body())
        .isEqualTo(
            "error dialing backend: dial tcp 127.0.0.1:"
                + kubelet.port()
                + ": connect: connection refused");
  }

  @Test
  void aWebSocketPassesThroughWithItsSubprotocol() throws Exception {
    HttpServer kubelet =
        serve(
            true,
            exchange -> {
              try (WebSocket socket = exchange.acceptWebSocket("v5.channel.k8s.io")) {
                WebSocket.Message message = socket.receive();
                while (message != null) {
                  socket.sendBinary("echo ".getBytes(UTF_8), message.data());
                  message = socket.receive();
                }
              }
            });
    LinkedBlockingQueue<String> received = new LinkedBlockingQueue<>();
    java.net.http.WebSocket socket =
        client()
            .newWebSocketBuilder()
            .subprotocols("v5.channel.k8s.io", "v4.channel.k8s.io")
            .buildAsync(
                URI.create("ws://127.0.0.1:" + front(kubelet).port() + "/exec/ns/pod/c"),
                new java.net.http.WebSocket.Listener() {
                  @Override
                  public @Nullable CompletionStage<?> onBinary(
                      java.net.http.WebSocket webSocket, ByteBuffer data, boolean last) {
                    received.add(UTF_8.decode(data).toString());
                    webSocket.request(1);
                    return null;
                  }
                })
            .get(SOON.toSeconds(), TimeUnit.SECONDS);

    socket.sendBinary(ByteBuffer.wrap("stdin".getBytes(UTF_8)), true).join();

    assertThat(received.poll(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo("echo stdin");
    assertThat(socket.getSubprotocol()).isEqualTo("v5.channel.k8s.io");
  }

  @Test
  void anOlderUpgradePassesThroughByteByByte() throws Exception {
    HttpServer kubelet = serve(true, KubeletClientTest::echoUpgraded);
    HttpServer front = front(kubelet);

    try (Socket socket = new Socket("127.0.0.1", front.port())) {
      socket.setSoTimeout((int) SOON.toMillis());
      socket
          .getOutputStream()
          .write(
              ("POST /exec HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n"
                      + "X-Stream-Protocol-Version: v4.channel.k8s.io\r\n\r\n")
                  .getBytes(ISO_8859_1));
      StringBuilder head = new StringBuilder();
      while (!head.toString().endsWith("\r\n\r\n")) {
        head.append((char) socket.getInputStream().read());
      }
      socket.getOutputStream().write("frame".getBytes(ISO_8859_1));
      byte[] back = socket.getInputStream().readAllBytes();

      assertThat(head)
          .startsWith("HTTP/1.1 101 ")
          .contains("Upgrade: SPDY/3.1", "X-Stream-Protocol-Version: v4.channel.k8s.io");
      assertThat(new String(back, ISO_8859_1)).isEqualTo("frame");
    }
  }

  private static void echoUpgraded(HttpExchange exchange) throws IOException {
    Headers answer =
        Headers.of(
            "Upgrade",
            exchange.headers().firstOr("Upgrade", ""),
            "X-Stream-Protocol-Version",
            exchange.headers().firstOr("X-Stream-Protocol-Version", ""));
    try (Tunnel tunnel = exchange.switchProtocols(answer)) {
      tunnel.output().write(tunnel.input().readNBytes(5));
    }
  }

  @Test
  void theFirstPreferredTypeOfAddressDecides() throws Exception {
    Node node =
        Node.builder()
            .status(
                NodeStatus.builder()
                    .addresses(
                        List.of(
                            new NodeAddress("InternalIP", "10.0.0.1"),
                            new NodeAddress("Hostname", "node-1")))
                    .daemonEndpoints(
                        NodeDaemonEndpoints.builder()
                            .kubeletEndpoint(DaemonEndpoint.builder().port(12345).build())
                            .build())
                    .build())
            .build();

    assertThat(KubeletAddress.of(node, KubeletConfig.DEFAULT_ADDRESS_TYPES))
        .isEqualTo(new KubeletAddress("node-1", 12345));
    assertThat(KubeletAddress.of(node, List.of("ExternalIP", "InternalIP")).host())
        .isEqualTo("10.0.0.1");
    assertThatThrownBy(() -> KubeletAddress.of(node, List.of("ExternalIP")))
        .isInstanceOf(KubeletException.class);
  }
}

package dev.tiphys.apiserver.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Connections on which nothing happens, or far too much: others are served, and nothing stays. */
class IdleConnectionsTest {

  private static final int HTTP2 = 1_000;
  private static final int HALF_HEADS = 500;
  private static final int SILENT = 8_500;
  private static final Duration LONG = Duration.ofHours(1);
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final Path FILES = Path.of("/proc/self/fd");

  @RegisterExtension final HttpFixture http = new HttpFixture();

  private HttpServer serve(Patience patience) {
    return http.serve(
        http.certificates().serverFiles(),
        patience,
        exchange -> exchange.respond(200, HttpFixture.TEXT, "hello".getBytes(ISO_8859_1)));
  }

  private static long openFiles() {
    try (Stream<Path> files = Files.list(FILES)) {
      return files.count();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static long memory() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static void ask(HttpClient client, HttpServer server) throws Exception {
    assertThat(
            client.send(HttpFixture.request(server, "/").build(), BodyHandlers.ofString()).body())
        .isEqualTo("hello");
  }

  @Test
  void tenThousandThatSayNothingKeepNobodyOutAndLeaveNothingBehind() throws Exception {
    HttpServer server = serve(new Patience(LONG, LONG, LONG, LONG));
    HttpClient before = http.client(HttpClient.Version.HTTP_2, null);
    ask(before, server);
    long files = openFiles();
    long memory = memory();

    try (ManyConnections _ = ManyConnections.open(server.port(), HTTP2, HALF_HEADS, SILENT)) {
      Awaitility.await()
          .atMost(HttpFixture.SOON)
          .until(() -> openFiles() >= files + HTTP2 + HALF_HEADS + SILENT);
      assertThat(server.connections()).isGreaterThanOrEqualTo(HTTP2 + HALF_HEADS);
      ask(before, server);
      ask(http.client(HttpClient.Version.HTTP_2, null), server);
      ask(http.client(HttpClient.Version.HTTP_1_1, null), server);
    }

    // A few are those of the live clients.
    Awaitility.await().atMost(HttpFixture.SOON).until(() -> openFiles() < files + 20);
    Awaitility.await().atMost(HttpFixture.SOON).until(() -> server.connections() < 10);
    assertThat(memory() - memory).isLessThan(16L << 20);
    ask(before, server);
  }

  @Test
  void whoDoesNotEndTheHandshakeIsLeftAlone() throws Exception {
    HttpServer server = serve(new Patience(SHORT, LONG, LONG, LONG));
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      socket.setSoTimeout((int) HttpFixture.SOON.toMillis());
      socket.getOutputStream().write(new byte[] {22, 3, 1, 2, 0});

      assertThat(socket.getInputStream().readAllBytes()).isEmpty();
    }
  }

  @Test
  void whoDoesNotEndTheHeadOfTheFirstRequestIsLeftAlone() throws Exception {
    HttpServer server = serve(new Patience(LONG, SHORT, LONG, SHORT));
    for (String start : new String[] {"", "GET / HT", "GET / HTTP/1.1\r\nHost: x\r\nX: "}) {
      try (SSLSocket socket = connection(server, "http/1.1")) {
        socket.getOutputStream().write(start.getBytes(ISO_8859_1));
        socket.getOutputStream().flush();

        assertThat(socket.getInputStream().readAllBytes()).isEmpty();
      }
    }
  }

  @Test
  void whoAgreesOnHttp2AndDoesNotSpeakItIsLeftAlone() throws Exception {
    HttpServer server = serve(new Patience(LONG, SHORT, LONG, SHORT));
    try (SSLSocket socket = connection(server, "h2")) {
      socket.getOutputStream().write("PRI * HT".getBytes(ISO_8859_1));
      socket.getOutputStream().flush();
      while (socket.getInputStream().read() >= 0) {
        // The server's own settings, and the end.
      }
    }
    Awaitility.await().atMost(HttpFixture.SOON).until(() -> server.connections() == 0);
  }

  @Test
  void whoAsksNothingMoreIsLeftAlone() throws Exception {
    HttpServer server = serve(new Patience(LONG, LONG, SHORT, SHORT));
    for (HttpClient.Version version : HttpClient.Version.values()) {
      ask(http.client(version, null), server);
    }

    Awaitility.await().atMost(HttpFixture.SOON).until(() -> server.connections() == 0);
  }

  @Test
  void whoResetsFarTooManyRequestsIsSentAway() throws Exception {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Semaphore held = new Semaphore(0);
    CountDownLatch other = new CountDownLatch(1);
    HttpServer server =
        http.serve(
            http.certificates().serverFiles(),
            exchange -> {
              if (exchange.path().equals("/other")) {
                other.countDown();
              } else {
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                held.acquireUninterruptibly();
                running.decrementAndGet();
              }
              exchange.respond(200, HttpFixture.TEXT, "hello".getBytes(ISO_8859_1));
            });
    byte[] told;
    try (SSLSocket socket = connection(server, "h2")) {
      try {
        socket.getOutputStream().write(resets(3 * Limits.HTTP2_RESETS));
        socket.getOutputStream().flush();
      } catch (IOException e) {
        assertThat(e).as("it was sent away meanwhile").isNotNull();
      }
      told = untilTheEnd(socket);
    }

    HttpClient client = http.client(HttpClient.Version.HTTP_2, null);
    assertThat(
            client
                .send(HttpFixture.request(server, "/other").build(), BodyHandlers.ofString())
                .body())
        .isEqualTo("hello");
    HttpFixture.await(other);
    assertThat(told).isNotEmpty();
    assertThat(most.get()).isLessThanOrEqualTo(Limits.HTTP2_RUNNING_HANDLERS);
    held.release(Integer.MAX_VALUE / 2);
    Awaitility.await().atMost(HttpFixture.SOON).until(() -> running.get() == 0);
  }

  private static byte[] untilTheEnd(SSLSocket socket) {
    ByteArrayOutputStream told = new ByteArrayOutputStream();
    try {
      socket.getInputStream().transferTo(told);
    } catch (IOException e) {
      // A reset, for it had not read all that was sent.
      assertThat(e).isNotInstanceOf(java.net.SocketTimeoutException.class);
    }
    return told.toByteArray();
  }

  /** The preface, then requests that are each given up at once. */
  private static byte[] resets(int count) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1));
    out.writeBytes(frame(4, 0, 0, new byte[0]));
    // GET, https, and / of HPACK's static table; then a literal authority.
    byte[] head = {(byte) 0x82, (byte) 0x87, (byte) 0x84, 0x41, 1, 'x'};
    for (int i = 0; i < count; i++) {
      out.writeBytes(frame(1, 5, 2 * i + 1, head));
      out.writeBytes(frame(3, 0, 2 * i + 1, new byte[] {0, 0, 0, 8}));
    }
    return out.toByteArray();
  }

  private static byte[] frame(int type, int flags, int stream, byte[] payload) {
    return ByteBuffer.allocate(9 + payload.length)
        .put((byte) 0)
        .putShort((short) payload.length)
        .put((byte) type)
        .put((byte) flags)
        .putInt(stream)
        .put(payload)
        .array();
  }

  private SSLSocket connection(HttpServer server, String protocol) throws Exception {
    SSLSocket socket =
        (SSLSocket)
            http.certificates()
                .clientContext(null)
                .getSocketFactory()
                .createSocket("127.0.0.1", server.port());
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {protocol});
    socket.setSSLParameters(parameters);
    socket.setSoTimeout((int) HttpFixture.SOON.toMillis());
    socket.startHandshake();
    return socket;
  }
}
